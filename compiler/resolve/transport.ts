import type { Cluster, FilterChain, JsonObject, TransportSocket } from "../decode/gen/types.ts";
import { isForeign } from "./network-filters.ts";
import { note, punt, refuse, type Scope } from "./scope.ts";

const sockets = "envoy.extensions.transport_sockets.";

/** Of the two sides of a proxy; types that stand on one of them only. */
type Side = "upstream" | "downstream";
const sides: ReadonlyMap<string, Side> = new Map([
  [`${sockets}tls.v3.UpstreamTlsContext`, "upstream"],
  [`${sockets}tls.v3.DownstreamTlsContext`, "downstream"],
  [`${sockets}quic.v3.QuicUpstreamTransport`, "upstream"],
  [`${sockets}quic.v3.QuicDownstreamTransport`, "downstream"],
  [`${sockets}starttls.v3.UpstreamStartTlsConfig`, "upstream"],
  [`${sockets}starttls.v3.StartTlsConfig`, "downstream"],
  [`${sockets}http_11_proxy.v3.Http11ProxyUpstreamTransport`, "upstream"],
  [`${sockets}internal_upstream.v3.InternalUpstreamTransport`, "upstream"],
  [`${sockets}proxy_protocol.v3.ProxyProtocolUpstreamTransport`, "upstream"],
]);

/** Plaintext: absent, or raw_buffer. Envoy finds no transport socket by name. */
function isPlain(scope: Scope, socket: TransportSocket | undefined, path: string, side: Side): boolean {
  if (!socket) return true;
  if (!socket.typed_config) {
    refuse(
      scope,
      "KM2117",
      path,
      `${JSON.stringify(socket.name ?? "")} has no typed_config, and Envoy finds no transport socket by name`,
      "add typed_config",
    );
    return true;
  }
  const type = socket.typed_config.any;
  if (isForeign(type) || (sides.get(type) ?? side) !== side) {
    refuse(scope, "KM2131", path, `Envoy has no ${side} transport socket of the type ${type}`, "name one of Envoy's, or leave it out");
  }
  return type === `${sockets}raw_buffer.v3.RawBuffer`;
}

function typeOf(socket: TransportSocket): string {
  return socket.typed_config?.any ?? socket.name ?? "a transport socket without type";
}

/** A cluster that encrypts, or wraps, what it sends is never reached in plaintext: a diagnostic code, or absent. */
export function resolveUpstreamTransport(scope: Scope, cluster: Cluster, path: string): string | undefined {
  if (!isPlain(scope, cluster.transport_socket, `${path}.transport_socket`, "upstream")) {
    return punt(
      scope,
      "KM2420",
      `${path}.transport_socket`,
      `this cluster sends through ${typeOf(cluster.transport_socket!)}`,
      "only a proxy in user space can encrypt or wrap what is sent",
    );
  }
  const matches = cluster.transport_socket_matches ?? [];
  for (let i = 0; i < matches.length; i++) {
    const { match, transport_socket: socket } = matches[i]!;
    if (!socket || isPlain(scope, socket, `${path}.transport_socket_matches`, "upstream")) continue;
    if (!isMeshMatch(match)) {
      return punt(
        scope,
        "KM2420",
        `${path}.transport_socket_matches[${i}]`,
        `endpoints of this cluster are reached through ${typeOf(socket)}`,
        "only a proxy in user space can encrypt or wrap what is sent",
      );
    }
    note(
      scope,
      "KM2421",
      "tlsMode",
      () => `${path}.transport_socket_matches[${i}]`,
      "endpoints that offer the mesh's mutual TLS are reached in plaintext: permissive peers accept it, strict ones do not",
    );
  }
  return undefined;
}

/** Istio's own matches: `tlsMode: istio` (mutual TLS of the mesh) and `tunnel: http` (HBONE). */
function isMeshMatch(match: JsonObject | undefined): boolean {
  const keys = Object.keys(match ?? {});
  return (
    keys.length > 0 && keys.every((key) => (key === "tlsMode" && match![key] === "istio") || (key === "tunnel" && match![key] === "http"))
  );
}

/** A chain that terminates TLS is left to a proxy: a diagnostic code, or absent. */
export function resolveDownstreamTransport(scope: Scope, chain: FilterChain, path: string): string | undefined {
  if (isPlain(scope, chain.transport_socket, `${path}.transport_socket`, "downstream")) return undefined;
  return punt(
    scope,
    "KM2120",
    `${path}.transport_socket`,
    `this chain terminates ${typeOf(chain.transport_socket!)}`,
    "only a proxy in user space can terminate TLS",
  );
}
