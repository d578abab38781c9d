import type { XdsKind } from "../../../compiler/decode/index.ts";
import type { Diagnostic } from "../../../compiler/diag/index.ts";
import { openXdsClient, type XdsClientOptions } from "../client.ts";
import type { StreamHandlers, XdsTransport } from "../transport.ts";
import type { XdsClient, XdsConnection, XdsMode, XdsUpdate, XdsVerdict } from "../types.ts";
import { createFakeClock, type FakeClock, settleMicrotasks } from "./fake-clock.ts";
import { decodeRequest, kindOf, type Request, type ResponseParts, response } from "./messages.ts";

/** A client with a control plane and a consumer that a test plays: no socket, no time that passes by itself. */
export interface Stage {
  readonly client: XdsClient;
  readonly clock: FakeClock;
  /** What the client did since the last look, in words: requests, updates, events. */
  log(): string[];
  /** Requests since the last call. */
  requests(): Request[];
  ready(): Promise<void>;
  respond(parts: ResponseParts): Promise<void>;
  receive(bytes: Buffer): Promise<void>;
  /** Ends the stream from the control plane's side. */
  end(code?: string): Promise<void>;
  /** From now on verdicts wait for `decide`. */
  hold(): void;
  /** Gives the verdict on the n-th of the updates that wait for one. */
  decide(index: number, verdict?: XdsVerdict): Promise<void>;
  /** From now on updates are judged by this. */
  judge(by: (update: XdsUpdate) => XdsVerdict): void;
  readonly updates: XdsUpdate[];
  readonly diagnostics: Diagnostic[];
  readonly network: {
    /** Whether the control plane reads; requests queue up while it does not. */
    reads: boolean;
    paused: boolean;
    connects: number;
    credentialsChanged: "none" | "token" | "certificate";
    drain(): void;
  };
}

export const accepted: XdsVerdict = { kind: "accepted" };

export function reject(message: string, names?: readonly string[]): XdsVerdict {
  const diagnostics = [{ code: "KM2001", severity: "error", path: "x", message }] as const;
  return { kind: "rejected", diagnostics, ...(names && { names }) };
}

export interface StageOptions extends Partial<Omit<XdsClientOptions, "mode" | "transport" | "clock">> {
  readonly mode?: XdsMode;
}

/** Opens the client; it has connected and asked for clusters when this resolves. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { mode = "sotw" } = options;
  const clock = createFakeClock();
  const log: string[] = [];
  let requests: Request[] = [];
  const updates: XdsUpdate[] = [];
  const diagnostics: Diagnostic[] = [];
  const waiting: ((verdict: XdsVerdict) => void)[] = [];
  let handlers: StreamHandlers | undefined;
  let onDrain: (() => void) | undefined;
  let held = false;
  let judge = (_: XdsUpdate): XdsVerdict => accepted;
  const network: Stage["network"] = {
    reads: true,
    paused: false,
    connects: 0,
    credentialsChanged: "none",
    drain: () => onDrain?.(),
  };
  const transport: XdsTransport = {
    address: "istiod:15012",
    connect(given) {
      handlers = given;
      network.connects += 1;
      network.paused = false;
      return {
        send(bytes) {
          const request = decodeRequest(mode, bytes);
          requests.push(request);
          log.push(inWords(request));
          return network.reads;
        },
        onDrain: (run) => {
          onDrain = run;
        },
        pause: () => {
          network.paused = true;
        },
        resume: () => {
          network.paused = false;
        },
        close: () => log.push("close"),
      };
    },
    credentialsChanged: (which) =>
      network.credentialsChanged === "certificate" || (which === "all" && network.credentialsChanged === "token"),
  };
  const node = { id: "sidecar~10.0.0.1~p.ns~ns.svc.cluster.local", metadata: { A: "b" }, userAgentName: "kmesh", userAgentVersion: "0" };
  const client = openXdsClient({ node, ...options, mode, transport, clock } as XdsClientOptions, {
    onUpdate(update) {
      const { kind, changed, removed, refused = [] } = update;
      const names = (sign: string, list: readonly string[]): string => (list.length > 0 ? ` ${sign}${list}` : "");
      updates.push(update);
      log.push(`update ${kind}${names("+", [...changed.keys()])}${names("-", removed)}${names("!", refused)}`);
      return held ? new Promise((resolve) => waiting.push(resolve)) : judge(update);
    },
    onSettled: () => log.push("settled"),
    onConnection(state) {
      // It comes with the first response of a stream, whichever that is: `status` tells.
      if (state.kind !== "connected") log.push(stateInWords(state));
    },
    onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
  });
  const stage: Stage = {
    client,
    clock,
    updates,
    diagnostics,
    network,
    log: () => log.splice(0),
    requests() {
      const taken = requests;
      requests = [];
      return taken;
    },
    async ready() {
      handlers!.onReady();
      await settleMicrotasks();
    },
    respond: (parts) => stage.receive(response(mode, parts)),
    async receive(bytes) {
      handlers!.onMessage(bytes);
      await settleMicrotasks();
    },
    async end(code = "KM7004") {
      handlers!.onEnd({ code, severity: "error", path: "xds", message: "over" });
      await settleMicrotasks();
    },
    hold() {
      held = true;
    },
    async decide(index, verdict = accepted) {
      waiting.splice(index, 1)[0]!(verdict);
      await settleMicrotasks();
    },
    judge(by) {
      judge = by;
      held = false;
    },
  };
  await clock.advance(0);
  await stage.ready();
  return stage;
}

/** `ask endpoint v1 a,b`, `ack cluster n1 v1`, `nack cluster n2 v1: text`; names of delta as +a -b. */
function inWords(request: Request): string {
  const kind: XdsKind = kindOf(request);
  const { version_info: version, response_nonce: nonce, error_detail: error } = request;
  const names = request.resource_names?.join(",");
  const added = request.resource_names_subscribe?.map((name) => `+${name}`).join(",");
  const removed = request.resource_names_unsubscribe?.map((name) => `-${name}`).join(",");
  const held = Object.entries(request.initial_resource_versions ?? {})
    .map(([name, of]) => `${name}@${of}`)
    .join(",");
  const what = error ? "nack" : nonce !== undefined ? "ack" : "ask";
  const text = error && `"${error.message}"`;
  return [request.node && "node", what, kind, nonce, version, names, added, removed, held, text].filter((part) => part).join(" ");
}

function stateInWords(state: XdsConnection): string {
  return state.kind === "waiting" ? `waiting ${state.retryMs} ${state.problem.code}` : state.kind;
}
