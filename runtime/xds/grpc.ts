import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  credentials as channelCredentials,
  connectivityState,
  Metadata,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import type { Diagnostic } from "../../compiler/diag/index.ts";
import { problemOf } from "./connector.ts";
import { type Credentials, credentialFiles, type XdsSecurity } from "./credentials.ts";
import { defaultLimits } from "./limits.ts";
import { methods } from "./protocol.ts";
import { createSentGarbage } from "./sent-garbage.ts";
import type { StreamHandlers, XdsStream, XdsTransport } from "./transport.ts";
import type { XdsMode } from "./types.ts";

export interface GrpcOptions {
  /** `host:port`, or gRPC's `dns:///host:port` and `unix:///path`. */
  readonly address: string;
  readonly security: XdsSecurity;
  readonly mode: XdsMode;
  /** Sent as metadata `ClusterID`: istiod chooses by it who checks the token. */
  readonly clusterId?: string;
  /** Default `defaultLimits.messageBytes`. */
  readonly messageBytes?: number;
  /** Without a connection after it the attempt has failed; milliseconds. Default 10 s. */
  readonly connectTimeoutMs?: number;
  /** A ping after this long without traffic, and how long its answer may take; milliseconds. Defaults 30 s (Istio's own) and 10 s. */
  readonly keepaliveMs?: number;
  readonly keepaliveTimeoutMs?: number;
}

/**
 * The control plane over gRPC. Every connection is a channel of its own: addresses are resolved again, files read again, and only the client's
 * back-off decides when.
 */
export function grpcTransport(options: GrpcOptions): XdsTransport {
  const { address, security } = options;
  const files = credentialFiles(security);
  return {
    address,
    connect(handlers) {
      const read = files.read();
      if (read.kind === "problem") return failedStream(handlers, read.problem);
      try {
        return openStream(options, read.credentials, handlers);
      } catch (error) {
        // An address that gRPC can't read.
        return failedStream(handlers, problemOf(options, "KM7001", (error as Error).message));
      }
    },
    credentialsChanged: (which) => files.changed(which),
  };
}

function failedStream(handlers: StreamHandlers, problem: Diagnostic): XdsStream {
  const failure = setImmediate(() => handlers.onEnd(problem));
  return { send: () => true, onDrain() {}, pause() {}, resume() {}, close: () => clearImmediate(failure) };
}

function openStream(options: GrpcOptions, credentials: Credentials, handlers: StreamHandlers): XdsStream {
  const { address, mode, clusterId, connectTimeoutMs = 10_000 } = options;
  const client = new Client(address, channelCredentialsOf(options.security, credentials), channelOptions(options));
  const metadata = new Metadata();
  if (clusterId !== undefined) metadata.set("ClusterID", clusterId);
  if (credentials.token !== undefined) metadata.set("authorization", `Bearer ${credentials.token}`);
  const call = client.makeBidiStreamRequest<Uint8Array, Buffer>(
    methods[mode],
    (bytes) => bytes as Buffer,
    (bytes) => bytes,
    metadata,
  );
  const sent = createSentGarbage();
  let isOver = false;
  const end = (problem: Diagnostic | undefined): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(deadline);
    call.cancel();
    client.close();
    if (problem) handlers.onEnd(problem);
  };
  const deadline = setTimeout(() => end(problemOf(options, "KM7001", `no connection in ${connectTimeoutMs / 1000} s`)), connectTimeoutMs);
  watchReady(client, connectTimeoutMs, () => {
    if (isOver) return;
    clearTimeout(deadline);
    handlers.onReady();
  });
  call.on("data", (bytes: Buffer) => {
    if (!isOver) handlers.onMessage(bytes);
  });
  call.on("error", (error: ServiceError) => end(failureOf(options, error)));
  call.on("end", () => {
    // The status comes after the end; an error that comes with it says more.
    setImmediate(() => end(problemOf(options, "KM7004", "the control plane ended the stream")));
  });
  return {
    send(bytes) {
      if (isOver) return true;
      sent(bytes.length);
      return call.write(bytes);
    },
    onDrain: (run) => void call.once("drain", run),
    pause: () => void call.pause(),
    resume: () => void call.resume(),
    close: () => end(undefined),
  };
}

/** Calls `run` once when the channel is connected. */
function watchReady(client: Client, timeoutMs: number, run: () => void): void {
  const channel = client.getChannel();
  const deadline = Date.now() + timeoutMs;
  const look = (): void => {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.READY) run();
    else if (state !== connectivityState.SHUTDOWN) channel.watchConnectivityState(state, deadline, (late) => !late && look());
  };
  // Never from inside connect().
  setImmediate(look);
}

function channelCredentialsOf(security: XdsSecurity, { rootCert, key, cert }: Credentials): ChannelCredentials {
  if (security.kind === "plaintext") return channelCredentials.createInsecure();
  return channelCredentials.createSsl(rootCert ?? null, key ?? null, cert ?? null);
}

function channelOptions({ security, messageBytes, keepaliveMs, keepaliveTimeoutMs }: GrpcOptions): ChannelOptions {
  const serverName = security.kind === "tls" ? security.serverName : undefined;
  return {
    "grpc.max_receive_message_length": messageBytes ?? defaultLimits.messageBytes,
    "grpc.keepalive_time_ms": keepaliveMs ?? 30_000,
    "grpc.keepalive_timeout_ms": keepaliveTimeoutMs ?? 10_000,
    "grpc.use_local_subchannel_pool": 1,
    // Ours is the only retry; the library's keeps what was sent.
    "grpc.enable_retries": 0,
    // 64 KiB, the default, makes a first snapshot wait for the network hundreds of times.
    "grpc-node.flow_control_window": 2 ** 20,
    ...(serverName !== undefined && { "grpc.ssl_target_name_override": serverName, "grpc.default_authority": serverName }),
  };
}

function failureOf(options: GrpcOptions, { code, details }: ServiceError): Diagnostic {
  const problem = (name: string, hint?: string): Diagnostic =>
    problemOf(options, name, `${status[code] ?? code}: ${details.replace(/ Resolution note: $/, "")}`, hint);
  switch (code) {
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return problem("KM7002", "check the token's audience and age, and CLUSTER_ID");
    case status.RESOURCE_EXHAUSTED:
      return /larger than max/.test(details)
        ? problem("KM7006", "raise --max-message-bytes, or scope what the node sees (Sidecar, exportTo)")
        : problem("KM7004");
    case status.UNIMPLEMENTED:
      return problem("KM7009", `use the other mode than ${options.mode}`);
    case status.UNAVAILABLE:
    case status.DEADLINE_EXCEEDED:
      // Node.js's words for it.
      if (/does not match certificate's altnames/.test(details))
        return problem("KM7001", "its certificate is for another name than the address has: give that one as --xds-server-name");
      if (/unable to verify|self-signed certificate|unable to get (local )?issuer/.test(details))
        return problem("KM7001", "its certificate is not of the CA in the root file (XDS_ROOT_CA)");
      return problem("KM7001");
    default:
      return problem("KM7004");
  }
}
