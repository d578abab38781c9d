import { readFileSync } from "node:fs";
import { type Diagnostic, renderDiagnostic } from "../../compiler/diag/index.ts";
import type { Logger } from "../log/index.ts";
import type { Spill } from "../spill/index.ts";
import {
  identityFromEnv,
  openXdsClient,
  parseXdsAddress,
  readGrpcBootstrap,
  watchSnapshot,
  type XdsEvents,
  type XdsFallback,
  type XdsIdentity,
  type XdsLimits,
  type XdsMode,
  type XdsSource,
  type XdsStatus,
} from "../xds/index.ts";
import { UsageError } from "./main.ts";

/** Where a mesh comes from. */
export type SourceWords =
  | { readonly kind: "snapshot"; readonly file: string }
  | (ControlPlaneWords & { readonly kind: "bootstrap"; readonly file: string })
  /** Without an address: XDS_ADDRESS, or istiod. */
  | (ControlPlaneWords & { readonly kind: "xds"; readonly address: string | undefined });

interface ControlPlaneWords {
  readonly mode: XdsMode;
  /** What its certificate must be for; undefined: XDS_SERVER_NAME (not with a bootstrap file), or the host of the address. */
  readonly serverName: string | undefined;
}

/** A snapshot file that is watched. */
export interface SnapshotStatus {
  readonly file: string;
  /** Why the file as it is now was not taken. */
  readonly problem?: Diagnostic;
}

export interface OpenSource {
  readonly source: XdsSource;
  /** Undefined with a snapshot. */
  status(): XdsStatus | undefined;
  /** Undefined with a control plane. */
  snapshot(): SnapshotStatus | undefined;
}

/** Who the daemon is to the control plane; read before anything is started. Throws UsageError where that can't be used. */
export function identityOf(words: SourceWords, version: string, log: Logger): XdsIdentity | undefined {
  const report = (diagnostic: Diagnostic): void => tell(log, diagnostic);
  switch (words.kind) {
    case "snapshot":
      return undefined;
    case "xds": {
      const identity = named(identityFromEnv(process.env, { version }, report), words.serverName);
      const address = words.address ?? identity.address;
      if (parseXdsAddress(address)) return { ...identity, address };
      const where = words.address === undefined ? "XDS_ADDRESS" : "--xds";
      throw new UsageError(`${where} ${JSON.stringify(address)} is no address: HOST:PORT, [IPV6]:PORT or unix:PATH`);
    }
    case "bootstrap": {
      const problems: Diagnostic[] = [];
      const identity = readGrpcBootstrap(readText("--bootstrap", words.file), version, (diagnostic) => {
        if (diagnostic.severity === "error") problems.push(diagnostic);
        // Few, and told once: not as the notes about resources.
        else log.info(diagnostic.message, { code: diagnostic.code, path: diagnostic.path });
      });
      if (!identity) throw new UsageError(`${words.file}: ${problems.map((d) => renderDiagnostic(d, { colour: false })).join("; ")}`);
      return named(identity, words.serverName);
    }
  }
}

function named(identity: XdsIdentity, serverName: string | undefined): XdsIdentity {
  if (serverName === undefined) return identity;
  if (identity.security.kind === "plaintext")
    throw new UsageError("--xds-server-name needs TLS, and the control plane is reached in plaintext");
  return { ...identity, security: { ...identity.security, serverName } };
}

export async function openSource(
  words: SourceWords,
  identity: XdsIdentity | undefined,
  limits: Partial<XdsLimits>,
  handlers: XdsEvents,
  fallback: XdsFallback,
  spill: Spill,
  log: Logger,
): Promise<OpenSource> {
  const events: XdsEvents = {
    ...handlers,
    onConnection(connection) {
      const { kind, ...fields } = connection;
      log[kind === "waiting" ? "warn" : "info"](kind, fields);
    },
    onDiagnostic: (diagnostic) => tell(log, diagnostic),
  };
  if (words.kind === "snapshot") return openSnapshot(words.file, events, fallback, log);
  const { mode } = words;
  const { address, security, clusterId, node } = identity!;
  log.info("following a control plane", { address, mode, node: node.id, security: security.kind });
  const { grpcTransport } = await import("../xds/grpc.ts");
  const transport = grpcTransport({
    address,
    security,
    mode,
    ...(limits.messageBytes !== undefined && { messageBytes: limits.messageBytes }),
    ...(clusterId !== undefined && { clusterId }),
  });
  const client = openXdsClient({ mode, node, transport, limits, fallback, spill }, events);
  return { source: client, status: () => client.status(), snapshot: () => undefined };
}

function openSnapshot(file: string, events: XdsEvents, fallback: XdsFallback, log: Logger): OpenSource {
  log.info("watching a snapshot", { file });
  let problem: Diagnostic | undefined;
  const watched: XdsEvents = {
    ...events,
    onDiagnostic(diagnostic) {
      if (diagnostic.severity === "error") problem = diagnostic;
      events.onDiagnostic?.(diagnostic);
    },
    onSettled() {
      problem = undefined;
      events.onSettled?.();
    },
  };
  const source = watchSnapshot(file, watched, { fallback });
  return { source, status: () => undefined, snapshot: () => ({ file, ...(problem && { problem }) }) };
}

function tell(log: Logger, diagnostic: Diagnostic): void {
  const { message, severity, ...fields } = diagnostic;
  log[severity === "error" ? "error" : severity === "punt" ? "warn" : "debug"](message, fields);
}

function readText(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`);
  }
}
