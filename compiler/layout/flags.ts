import { knownHeaderId, knownHeaders } from "../lir/header-names.ts";

/** Bits of records; each becomes a #define of bpf/gen/km_tables.h under the name in capitals. */
export const flags = {
  /** Cell.run: every endpoint of the run has the same share, so that the pick is one multiplication. */
  KM_CELL_UNIFORM: 0x8000,
  /** Cell.run: as KM_CELL_UNIFORM, and all are IPv4: records of 8 bytes (Endpoint4) in table cell itself. */
  KM_CELL_COMPACT: 0x4000,
  /** Endpoint.flags: the address is IPv4 (stored as ::ffff:a.b.c.d). */
  KM_EP_IPV4: 0x0001,
  /** Endpoint.flags: no address: a draw that ends here finds no endpoint. */
  KM_EP_NONE: 0x0002,
  /** What the programs compare Header.shapeSlot with, until the daemon writes the slot in its place. */
  KM_SHAPE_MARK: 0x6b6d7373,
  /** Header.flags: some IPv4 wildcard address exists, so a miss must look for it. */
  KM_HF_WILDCARD4: 0x0001,
  /** Header.flags: some IPv6 wildcard address exists. */
  KM_HF_WILDCARD6: 0x0002,
  /** A place of the chain tree that is a chain id. */
  KM_PLACE_CHAIN: 0x80000000,
  /** Node.kind: intervals of the destination port. */
  KM_N_PORT: 1,
  /** Node.kind: intervals of the destination address. */
  KM_N_DESTINATION: 2,
  /** Node.kind: server names, whole ones and suffixes that begin with a dot. */
  KM_N_NAME: 3,
  /** Node.kind: TLS or not. */
  KM_N_TRANSPORT: 4,
  /** Node.kind: application protocols, in the client's order. */
  KM_N_PROTOCOL: 5,
  /** Node.kind: intervals of the address that the connection comes from. */
  KM_N_DIRECT: 6,
  /** Node.kind: local source or external. */
  KM_N_SOURCE_TYPE: 7,
  /** Node.kind: intervals of the source address. */
  KM_N_SOURCE: 8,
  /** Node.kind: intervals of the source port. */
  KM_N_SOURCE_PORT: 9,
  /** Listener.inspect: a tls_inspector runs. */
  KM_IF_TLS: 0x01,
  /** Listener.inspect: an http_inspector runs. */
  KM_IF_HTTP: 0x02,
  /** Listener.inspect: the inspectors wait for ever for bytes. */
  KM_IF_WAIT: 0x04,
  /** Listener.inspect: when the wait times out, the connection is closed (else it goes on with what is known). */
  KM_IF_CLOSE: 0x08,
  /** Listener.inspect: the http_inspector sees no more bytes than the tls_inspector reads. */
  KM_IF_SHORT: 0x10,
  /** Chain.kind: tcp_proxy, `value` is a target. */
  KM_C_TCP: 1,
  /** Chain.kind: a connection manager. */
  KM_C_HTTP: 2,
  /** Chain.kind: left to a proxy, `value` is a reason id. */
  KM_C_PUNT: 3,
  /** Chain.kind: no filter. */
  KM_C_CLOSE: 4,
  /** Target.kind: `value` is a cluster id. */
  KM_G_CLUSTER: 1,
  /** Target.kind: the header with id `value` names the cluster. */
  KM_G_HEADER: 2,
  /** Target.kind: weighted entries. */
  KM_G_WEIGHTED: 3,
  /** Http.flags: normalize_path. */
  KM_HM_NORMALIZE: 0x0001,
  /** Http.flags: merge_slashes. */
  KM_HM_MERGE: 0x0002,
  /** Http.flags: escaped slashes are unescaped. */
  KM_HM_UNESCAPE: 0x0004,
  /** Http.flags: escaped slashes are answered 400. */
  KM_HM_ESCAPE_REJECT: 0x0008,
  /** Http.flags: escaped slashes are answered with a redirect. */
  KM_HM_ESCAPE_REDIRECT: 0x0010,
  /** Http.flags: Host loses any port. */
  KM_HM_STRIP_PORT: 0x0020,
  /** Http.flags: Host loses the port of the listener. */
  KM_HM_STRIP_MATCHING: 0x0040,
  /** Http.flags: Host loses a trailing dot. */
  KM_HM_STRIP_DOT: 0x0080,
  /** Http.flags: use_remote_address. */
  KM_HM_REMOTE: 0x0100,
  /** Http.flags: headers with an underscore in the name are dropped. */
  KM_HM_UNDERSCORE_DROP: 0x0200,
  /** Http.flags: headers with an underscore in the name are answered 400. */
  KM_HM_UNDERSCORE_REJECT: 0x0400,
  /** Http.flags: HTTP/1.0 is taken. */
  KM_HM_HTTP10: 0x0800,
  /** Http.flags: absolute targets are taken apart. */
  KM_HM_ABSOLUTE: 0x1000,
  /** Http.flags: the scheme is http, whatever the client says. */
  KM_HM_SCHEME_HTTP: 0x2000,
  /** Http.flags: the scheme is https, whatever the client says. */
  KM_HM_SCHEME_HTTPS: 0x4000,
  /** Http.flags: codec_type AUTO: an HTTP/2 preface is HTTP/2. */
  KM_HM_AUTO: 0x8000,
  /** Http.flags: codec_type HTTP2 or HTTP3. */
  KM_HM_NOT_HTTP1: 0x10000,
  /** Http.flags: `expect: 100-continue` goes on to the upstream. */
  KM_HM_CONTINUE: 0x20000,
  /** Http.flags: x-forwarded-for stays as the client sends it. */
  KM_HM_SKIP_XFF: 0x40000,
  /** Http.flags: x-forwarded-port is set. */
  KM_HM_FORWARDED_PORT: 0x80000,
  /** Http.flags: no x-request-id is drawn. */
  KM_HM_NO_REQUEST_ID: 0x100000,
  /** Http.flags: x-request-id of an external client stays. */
  KM_HM_KEEP_REQUEST_ID: 0x200000,
  /** Http.flags: x-forwarded-client-cert stays. */
  KM_HM_CLIENT_CERT: 0x400000,
  /** Http.flags: x-request-id of an external client that stays says that its request is not traced. */
  KM_HM_UNTRACE_REQUEST_ID: 0x800000,
  /** RouteTable.flags: the port of Host plays no part. */
  KM_RT_IGNORE_PORT: 0x1,
  /** RouteTable.flags: path parameters play no part in path matching. */
  KM_RT_IGNORE_PARAMETERS: 0x2,
  /** RouteTable.flags: no domain but `*`: the name is not looked for. */
  KM_RT_ONLY_REST: 0x4,
  /** RouteTable.flags: something reads x-forwarded-for. */
  KM_RT_FORWARDED_FOR: 0x8,
  /** Vhost.tls: plain requests are redirected to https. */
  KM_TLS_ALL: 1,
  /** Vhost.tls: plain requests that are not internal are redirected to https. */
  KM_TLS_EXTERNAL: 2,
  /** Route.path: the path begins with the text. */
  KM_P_PREFIX: 1,
  /** Route.path: the path is the text. */
  KM_P_EXACT: 2,
  /** Route.path: the path is the text, or goes on with a slash. */
  KM_P_SEPARATED: 3,
  /** Route.path: the DFA takes the path. */
  KM_P_REGEX: 4,
  /** Route.path: a CONNECT request. */
  KM_P_CONNECT: 5,
  /** Route.path: the DFA takes the path with its parameters, whatever the route table says (URI template). */
  KM_P_TEMPLATE: 6,
  /** Route.flags: ASCII letters of the path match in any case. */
  KM_RF_FOLD: 0x01,
  /** Route.flags: gRPC requests only. */
  KM_RF_GRPC: 0x02,
  /** Route.flags: never matches. */
  KM_RF_NEVER: 0x04,
  /** Route.action: forward to the target `value`. */
  KM_A_FORWARD: 1,
  /** Route.action: redirect. */
  KM_A_REDIRECT: 2,
  /** Route.action: direct response. */
  KM_A_RESPOND: 3,
  /** Route.action: non_forwarding_action. */
  KM_A_NON_FORWARDING: 4,
  /** Route.action: left to a proxy, `value` is a reason id. */
  KM_A_PUNT: 5,
  /** Route.upgrades: the route allows it. */
  KM_UP_ALLOW: 0x1,
  /** Route.upgrades: the route forbids it. */
  KM_UP_FORBID: 0x2,
  /** Match.kind: the value is the text. */
  KM_M_EXACT: 1,
  /** Match.kind: the value begins with the text. */
  KM_M_PREFIX: 2,
  /** Match.kind: the value ends in the text. */
  KM_M_SUFFIX: 3,
  /** Match.kind: the value holds the text. */
  KM_M_CONTAINS: 4,
  /** Match.kind: the DFA takes the value. */
  KM_M_REGEX: 5,
  /** Match.kind: there is a value. */
  KM_M_PRESENT: 6,
  /** Match.kind: the value is a number in [start, end). */
  KM_M_RANGE: 7,
  /** Match.flags: the result is turned round. */
  KM_MF_INVERT: 0x1,
  /** Match.flags: a missing header is an empty one. */
  KM_MF_EMPTY: 0x2,
  /** Match.flags: ASCII letters match in any case. */
  KM_MF_FOLD: 0x4,
  /** HeaderName.flags: further lines are appended to the first. */
  KM_HN_JOINED: 0x01,
  /** HeaderName.flags: removed before the route is looked for. */
  KM_HN_REMOVED: 0x02,
  /** HeaderName.flags: removed from requests that are not internal. */
  KM_HN_INTERNAL: 0x04,
  /** HeaderName.flags: removed at the edge from requests that are not internal. */
  KM_HN_EDGE: 0x08,
  /** HeaderName.flags: its name in `connection` has no effect. */
  KM_HN_KEPT: 0x10,
  /** HeaderName.flags: its name in `connection` refuses the request. */
  KM_HN_REFUSED: 0x20,
  /** Bit of a word space's number: letters count in any case (its words are in lower case). */
  KM_W_FOLD: 1,
  /** Word space of header names (value: header id). */
  KM_W_HEADER: 3,
  /** Word space of cluster names (value: cluster id). */
  KM_W_CLUSTER: 4,
  /** Word space of HTTP/1 methods. */
  KM_W_METHOD: 6,
  /** First word space of chains and connection managers, without KM_W_FOLD. */
  KM_W_RULES: 8,
  /** Word space of a route table's whole domains (value: virtual host id, as in the next two). */
  KM_W_WHOLE: 3,
  /** Word space of a route table's `*suffix` domains. */
  KM_W_SUFFIX: 5,
  /** Word space of a route table's `prefix*` domains. */
  KM_W_PREFIX: 7,
  /** Header id of :method. */
  KM_H_METHOD: knownHeaderId(":method"),
  /** Header id of :path. */
  KM_H_PATH: knownHeaderId(":path"),
  /** Header id of :authority. */
  KM_H_AUTHORITY: knownHeaderId(":authority"),
  /** Header id of :scheme. */
  KM_H_SCHEME: knownHeaderId(":scheme"),
  /** Header id of host. */
  KM_H_HOST: knownHeaderId("host"),
  /** Header id of connection. */
  KM_H_CONNECTION: knownHeaderId("connection"),
  /** Header id of upgrade. */
  KM_H_UPGRADE: knownHeaderId("upgrade"),
  /** Header id of http2-settings. */
  KM_H_HTTP2_SETTINGS: knownHeaderId("http2-settings"),
  /** Header id of te. */
  KM_H_TE: knownHeaderId("te"),
  /** Header id of referer. */
  KM_H_REFERER: knownHeaderId("referer"),
  /** Header id of expect. */
  KM_H_EXPECT: knownHeaderId("expect"),
  /** Header id of content-length. */
  KM_H_CONTENT_LENGTH: knownHeaderId("content-length"),
  /** Header id of transfer-encoding. */
  KM_H_TRANSFER_ENCODING: knownHeaderId("transfer-encoding"),
  /** Header id of content-type. */
  KM_H_CONTENT_TYPE: knownHeaderId("content-type"),
  /** Header id of cookie. */
  KM_H_COOKIE: knownHeaderId("cookie"),
  /** Header id of x-forwarded-for. */
  KM_H_FORWARDED_FOR: knownHeaderId("x-forwarded-for"),
  /** Header id of x-forwarded-proto. */
  KM_H_FORWARDED_PROTO: knownHeaderId("x-forwarded-proto"),
  /** Header id of x-forwarded-port. */
  KM_H_FORWARDED_PORT: knownHeaderId("x-forwarded-port"),
  /** Header id of x-forwarded-client-cert. */
  KM_H_CLIENT_CERT: knownHeaderId("x-forwarded-client-cert"),
  /** Header id of via. */
  KM_H_VIA: knownHeaderId("via"),
  /** Header id of x-request-id. */
  KM_H_REQUEST_ID: knownHeaderId("x-request-id"),
  /** Header id of x-envoy-internal. */
  KM_H_INTERNAL: knownHeaderId("x-envoy-internal"),
  /** Header id of x-envoy-external-address. */
  KM_H_EXTERNAL_ADDRESS: knownHeaderId("x-envoy-external-address"),
  /** Header ids below this are fixed. */
  KM_H_COUNT: knownHeaders.length,
  /** DecideOutput.end: not decided yet. */
  KM_E_OPEN: 0,
  /** DecideOutput.end: no listener takes the connection. */
  KM_E_UNMANAGED: 1,
  /** DecideOutput.end: `value` is a cluster id. */
  KM_E_CLUSTER: 2,
  /** DecideOutput.end: closed: no filter chain. */
  KM_E_NO_CHAIN: 3,
  /** DecideOutput.end: closed: the chain has no filter. */
  KM_E_NO_FILTERS: 4,
  /** DecideOutput.end: closed: the cluster is not there. */
  KM_E_CLOSE_NO_CLUSTER: 5,
  /** DecideOutput.end: `value` is a reason id. */
  KM_E_PUNT: 6,
  /** DecideOutput.end: HTTP/2: left to a proxy. */
  KM_E_HTTP2: 7,
  /** DecideOutput.end: more text than the state holds: left to a proxy. */
  KM_E_TOO_LONG: 8,
  /** DecideOutput.end: a listener filter wants bytes that are not there. */
  KM_E_WAIT_FILTER: 9,
  /** DecideOutput.end: the connection manager wants bytes, and there are none. */
  KM_E_WAIT_HEAD: 10,
  /** DecideOutput.end: the head is not complete. */
  KM_E_INCOMPLETE: 11,
  /** DecideOutput.end: answered before any route is asked, `value` is the status. */
  KM_E_BAD_REQUEST: 12,
  /** DecideOutput.end: no route, `value` is the status. */
  KM_E_NO_ROUTE: 13,
  /** DecideOutput.end: the route's cluster is not there, `value` is the status. */
  KM_E_NO_CLUSTER: 14,
  /** DecideOutput.end: direct response, `value` is the status. */
  KM_E_RESPOND: 15,
  /** DecideOutput.end: the route redirects. */
  KM_E_REDIRECT_ROUTE: 16,
  /** DecideOutput.end: require_tls redirects. */
  KM_E_REDIRECT_TLS: 17,
  /** DecideOutput.end: UNESCAPE_AND_REDIRECT redirects. */
  KM_E_REDIRECT_SLASHES: 18,
  /** DecideOutput.end: a table does not hold what another points to: a bug. */
  KM_E_BROKEN: 19,
  /** DecideOutput.end: closed: the listener filters' timeout passes. */
  KM_E_TIMEOUT: 20,
  /** DecideOutput.end: CONNECT-UDP: left to a proxy. */
  KM_E_CONNECT_UDP: 21,
  /** DecideOutput.end: a header would tell the proxy's own address: left to it. */
  KM_E_OWN_ADDRESS: 22,
  /** DecideOutput.end: closed by a listener filter: it refuses the bytes. */
  KM_E_FILTER_CLOSES: 23,
} as const;
