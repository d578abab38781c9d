import type { Cluster, HttpHttpProtocolOptions } from "../decode/gen/types.ts";
import { httpOptions } from "./protocol-options.ts";
import { refuse, type Scope } from "./scope.ts";

const sockets = "envoy.extensions.transport_sockets.";

/** What Envoy refuses of the protocols that a cluster speaks to its endpoints, beside its health checks and its transport socket. */
export function checkUpstreamProtocol(scope: Scope, cluster: Cluster, path: string): void {
  const options = httpOptions(cluster);
  checkHealthChecks(scope, cluster, options, path);
  if (options) checkSocket(scope, cluster, options, path);
}

function checkHealthChecks(scope: Scope, cluster: Cluster, options: HttpHttpProtocolOptions | undefined, path: string): void {
  const checks = cluster.health_checks ?? [];
  const names = new Set<string>();
  for (const [i, { grpc_health_check: grpc, name = "" }] of checks.entries()) {
    const at = `${path}.health_checks[${i}]`;
    if (grpc && !speaksHttp2(cluster, options)) {
      refuse(
        scope,
        "KM2425",
        at,
        "a gRPC health check needs HTTP/2 to the endpoints",
        "set explicit_http_config: {http2_protocol_options: {}}",
      );
    }
    if (checks.length === 1) continue;
    if (name === "") refuse(scope, "KM2425", at, "one of several health checks has no name", "give each a name of its own");
    else if (names.has(name))
      refuse(scope, "KM2425", at, `two health checks are named ${JSON.stringify(name)}`, "give each a name of its own");
    names.add(name);
  }
}

function speaksHttp2(cluster: Cluster, options: HttpHttpProtocolOptions | undefined): boolean {
  if (!options) return cluster.http2_protocol_options !== undefined;
  const config = options.explicit_http_config ?? options.use_downstream_protocol_config;
  return options.auto_config !== undefined || config?.http2_protocol_options !== undefined;
}

function checkSocket(scope: Scope, cluster: Cluster, options: HttpHttpProtocolOptions, path: string): void {
  const plain = `${sockets}raw_buffer.v3.RawBuffer`;
  const socket = cluster.transport_socket?.typed_config?.any ?? plain;
  const matched = (cluster.transport_socket_matches ?? []).some((match) => match.transport_socket?.typed_config?.any === plain);
  if (options.auto_config && (socket === plain || matched)) {
    refuse(
      scope,
      "KM2426",
      path,
      "auto_config learns the protocol by ALPN, which a plaintext connection has not",
      "use explicit_http_config, or TLS transport sockets only",
    );
  }
  const config = options.explicit_http_config ?? options.use_downstream_protocol_config;
  // Envoy looks for the name, and it may stand in the configuration of a socket that wraps another.
  const mayBeQuic =
    cluster.transport_socket?.name?.includes("envoy.transport_sockets.quic") ||
    socket === `${sockets}http_11_proxy.v3.Http11ProxyUpstreamTransport`;
  if (config?.http3_protocol_options && !mayBeQuic) {
    refuse(
      scope,
      "KM2426",
      path,
      `HTTP/3 needs a QUIC transport socket, and its name, not ${socket}`,
      "use QuicUpstreamTransport under the name envoy.transport_sockets.quic, or another protocol",
    );
  }
  if (options.auto_config?.http3_protocol_options && !options.auto_config.alternate_protocols_cache_options) {
    refuse(scope, "KM2426", path, "auto_config with HTTP/3 has no alternate_protocols_cache_options", "add them, or leave HTTP/3 out");
  }
}
