import type { Diagnostic } from "../../../compiler/diag/index.ts";
import { openXdsClient, type XdsClientOptions } from "../client.ts";
import type { GrpcOptions } from "../grpc.ts";
import { grpcTransport } from "../grpc.ts";
import type { XdsClient, XdsConnection, XdsUpdate, XdsVerdict } from "../types.ts";

/** A client over real gRPC whose consumer accepts everything, or what `judge` says. */
export interface Follower {
  readonly client: XdsClient;
  readonly updates: XdsUpdate[];
  readonly diagnostics: Diagnostic[];
  readonly states: XdsConnection[];
  /** Resolves as soon as this is true; polled. Rejects after 5 s. */
  until(holds: () => boolean): Promise<void>;
  /** Problems of the connections that ended, by code. */
  problems(): readonly string[];
  judge: (update: XdsUpdate) => XdsVerdict;
}

export interface FollowerOptions extends Partial<Omit<GrpcOptions, "address">>, Partial<Omit<XdsClientOptions, "mode" | "transport">> {
  readonly address: string;
}

export function follow(options: FollowerOptions): Follower {
  const { mode = "sotw", address, security = { kind: "plaintext" } as const } = options;
  const transport = grpcTransport({ ...options, address, security, mode } as GrpcOptions);
  const node = { id: "sidecar~10.0.0.1~p.ns~ns.svc.cluster.local", metadata: {}, userAgentName: "kmesh", userAgentVersion: "0" };
  const times = { backoffMs: 5, backoffMaxMs: 20, credentialRetryMs: 5, ...options.times };
  const follower: Follower = {
    updates: [],
    diagnostics: [],
    states: [],
    judge: () => ({ kind: "accepted" }),
    problems: () => follower.states.flatMap((state) => (state.kind === "waiting" ? [state.problem.code] : [])),
    until(holds) {
      return new Promise((resolve, reject) => {
        const started = performance.now();
        const look = (): void => {
          if (holds()) resolve();
          else if (performance.now() - started < 5000) setTimeout(look, 2);
          else reject(new Error(`not in 5 s: ${holds}; ${JSON.stringify(follower.states.at(-1))}`));
        };
        look();
      });
    },
    client: openXdsClient({ node, ...options, mode, transport, times } as XdsClientOptions, {
      onUpdate(update) {
        follower.updates.push(update);
        return follower.judge(update);
      },
      onConnection(state) {
        follower.states.push(state);
      },
      onDiagnostic(diagnostic) {
        follower.diagnostics.push(diagnostic);
      },
    }),
  };
  return follower;
}
