/**
 * HIR: the mesh as rules, in the order Envoy evaluates them, every name bound. No wire shape and no BPF word.
 *
 * Plain readonly data that survives JSON (lists of endpoints become arrays): no Map, no bigint, no cycles (a cluster is named, not pointed
 * to). Every node that a decision can name carries `path`, the xDS path it came from; paths are unique and are what both engines answer with.
 */

import type { HirCluster } from "./model-cluster.ts";
import type { HirFraction, IpText } from "./model-values.ts";

export type * from "./model-cluster.ts";
export type * from "./model-values.ts";

export interface HirModel {
  /** Sorted by name, then path. Only listeners whose traffic we decide; inbound, UDP and internal ones are diagnostics. */
  readonly listeners: readonly HirListener[];
  /** Route configurations by RDS name or inline; sorted by path. Several HCMs may use one. */
  readonly routeConfigs: readonly HirRouteConfig[];
  /** Sorted by name. Rejected clusters are absent: a route to one answers as to an unknown cluster. */
  readonly clusters: readonly HirCluster[];
}

export interface HirListener {
  readonly name: string;
  readonly path: string;
  /** `address` first, then `additional_addresses`: equals. Wildcards are "0.0.0.0" and "::". */
  readonly addresses: readonly HirListenAddress[];
  /** Takes the connections that no address above takes (Istio's virtualOutbound). */
  readonly useOriginalDst: boolean;
  /** Which listener filters look at the first bytes. Without one, its criteria can't match (a TLS client is raw_buffer). */
  /** `shortHttp`: the http_inspector stands behind a tls_inspector that reads all at once, and sees no more bytes than that. */
  readonly inspectors: { readonly tls: boolean; readonly http: boolean; readonly shortHttp?: boolean };
  /** Milliseconds; 0 waits for ever. */
  readonly listenerFiltersTimeout: number;
  readonly continueOnListenerFiltersTimeout: boolean;
  readonly chains: readonly HirChain[];
  readonly defaultChain?: HirChain;
  /** Set where the listener as a whole is left to a userspace proxy (filter_chain_matcher, unknown listener filter...). */
  readonly punt?: string;
}

export interface HirListenAddress {
  readonly ip: IpText;
  readonly port: number;
  /** `[::]` that takes IPv4 too. */
  readonly ipv4Compat: boolean;
}

export interface HirChain {
  readonly name: string;
  readonly path: string;
  readonly match: HirChainMatch;
  readonly network: HirNetwork;
}

/** Empty list or absent = any. Values are normalised: masked prefixes, lower-case server names. */
export interface HirChainMatch {
  readonly destinationPort?: number;
  readonly prefixRanges: readonly HirPrefix[];
  /** Lower case; `*.x` is a suffix; it takes the empty label too. */
  readonly serverNames: readonly string[];
  readonly transportProtocol?: string;
  readonly applicationProtocols: readonly string[];
  readonly directSourcePrefixRanges: readonly HirPrefix[];
  readonly sourceType: "any" | "same_ip_or_loopback" | "external";
  readonly sourcePrefixRanges: readonly HirPrefix[];
  readonly sourcePorts: readonly number[];
}

export interface HirPrefix {
  readonly ip: IpText;
  readonly length: number;
}

export type HirNetwork =
  | { readonly kind: "tcp"; readonly target: HirTarget; readonly statPrefix: string }
  | { readonly kind: "http"; readonly http: HirHttp }
  /** Left to a userspace proxy: downstream TLS, an authorization filter, a filter we can't express. `why` is a diagnostic code. */
  | { readonly kind: "punt"; readonly why: string }
  /** A chain without filters: Envoy closes the connection. */
  | { readonly kind: "close" };

/** Where a connection or request goes. Also what an action's share can be. */
export type HirTarget =
  | { readonly kind: "cluster"; readonly cluster: string }
  | { readonly kind: "weighted"; readonly entries: readonly HirWeighted[]; readonly headerName?: string }
  | { readonly kind: "cluster_header"; readonly header: string };

export interface HirWeighted {
  readonly path: string;
  /** Share of the entries' sum. Entries of weight 0 are kept (never chosen). */
  readonly weight: number;
  readonly target: { readonly kind: "cluster"; readonly cluster: string } | { readonly kind: "cluster_header"; readonly header: string };
  readonly treatment: HirTreatment;
}

/** One HttpConnectionManager: how a head is read and normalised, and which route table decides. */
export interface HirHttp {
  readonly path: string;
  /** `path` of a HirRouteConfig; absent when RDS names a table that is not there: every request is answered 404. */
  readonly routeConfig?: string;
  /** The RDS name or the inline table's name, for words. */
  readonly routeConfigName: string;
  readonly codec: "auto" | "http1" | "http2" | "http3";
  readonly normalizePath: boolean;
  readonly mergeSlashes: boolean;
  readonly escapedSlashes: "keep" | "reject" | "unescape_and_redirect" | "unescape_and_forward";
  readonly stripHostPort: "none" | "any" | "matching";
  readonly stripTrailingHostDot: boolean;
  readonly useRemoteAddress: boolean;
  /** skip_xff_append: x-forwarded-for stays as the client sends it, also under use_remote_address. */
  readonly skipXffAppend: boolean;
  /** xff_num_trusted_hops: so many proxies in front are trusted, and x-forwarded-for names the client behind them. */
  readonly trustedHops: number;
  /** append_x_forwarded_port: x-forwarded-port is the port that the client connected to. */
  readonly appendForwardedPort: boolean;
  /** Put behind what `via` has; empty for nothing. */
  readonly via: string;
  readonly generateRequestId: boolean;
  /** Under use_remote_address too, x-request-id stays as an external client sends it. */
  readonly preserveExternalRequestId: boolean;
  /** pack_trace_reason: an id says why its request is traced; where an external client's stays, it says no longer that it is. */
  readonly packTraceReason: boolean;
  /** forward_client_cert_details ALWAYS_FORWARD_ONLY: x-forwarded-client-cert of plaintext clients is not removed. */
  readonly forwardClientCert: boolean;
  readonly internalCidrs: readonly HirPrefix[];
  /** scheme_header_transformation: what :scheme is, whatever the client says. */
  readonly schemeOverwrite?: "http" | "https";
  readonly underscores: "allow" | "drop" | "reject";
  readonly acceptHttp10: boolean;
  readonly defaultHostForHttp10: string;
  readonly allowAbsoluteUrl: boolean;
  /** `expect: 100-continue` is for the upstream to answer; else it is answered at once and removed. */
  readonly proxy100Continue: boolean;
  /** upgrade_configs of the HCM, lower case (`websocket`, `connect`), enabled ones. */
  readonly upgrades: readonly string[];
  /** Requests above these get 431. Envoy's defaults: 60 KiB, 100 headers. */
  readonly maxRequestHeadersKb: number;
  readonly maxHeadersCount: number;
  /** A filter that decides (RBAC, ext_authz, JWT, Lua...): the chain is punted with this diagnostic code. */
  readonly punt?: string;
  /** suppress_envoy_headers of the router: rewrites leave no x-envoy-original-path and x-envoy-original-host. */
  readonly suppressEnvoyHeaders: boolean;
  /** The chain's fault filter; also one that does nothing by itself, as routes may have settings for it. */
  readonly fault?: HirFault;
}

export interface HirRouteConfig {
  readonly name: string;
  readonly path: string;
  readonly ignorePortInHost: boolean;
  readonly ignorePathParameters: boolean;
  /** Replaces Host in the search; absent header means 404. Lower case. */
  readonly vhostHeader?: string;
  readonly internalOnlyHeaders: readonly string[];
  readonly mostSpecificHeaderMutationsWins: boolean;
  readonly vhosts: readonly HirVirtualHost[];
  readonly treatment: HirTreatment;
}

export interface HirVirtualHost {
  readonly name: string;
  readonly path: string;
  /** Lower case, as Envoy compares. Kinds: exact, `*suffix`, `prefix*`, `*`. */
  readonly domains: readonly string[];
  readonly requireTls: "none" | "external_only" | "all";
  readonly routes: readonly HirRoute[];
  /** virtual_hosts.matcher or another thing that decides and we can't express: every request of it is punted. */
  readonly punt?: string;
  /** include_request_attempt_count: requests carry x-envoy-attempt-count, which is 1 for what is sent once. */
  readonly attemptCount?: boolean;
  readonly treatment: HirTreatment;
}

export interface HirRoute {
  readonly name: string;
  readonly path: string;
  /** The path of the route that it stands in front of: made of that one's filters or upgrades, it has no place of its own in the xDS. */
  readonly inFrontOf?: string;
  readonly match: HirRouteMatch;
  readonly action: HirAction;
  readonly treatment: HirTreatment;
  /** Per-route fault (typed_per_filter_config), replaces that of the chain's filter; one with neither abort nor delay switches it off. */
  readonly fault?: HirFault;
  /** The match can't be expressed: reaching this route is a punt (never skipped: that would widen the ones below). */
  readonly punt?: string;
}

export interface HirRouteMatch {
  readonly path: HirPathMatch;
  /** Path matching only; never safe_regex. */
  readonly caseSensitive: boolean;
  readonly headers: readonly HirHeaderMatch[];
  readonly query: readonly HirQueryMatch[];
  readonly cookies: readonly HirCookieMatch[];
  readonly grpc: boolean;
  /** Share of requests that may match; the others go on to the next route. */
  readonly fraction?: HirFraction;
  /** tls_context.presented / validated on a plaintext connection: precomputed to always or never matching. */
  readonly never?: boolean;
}

export type HirPathMatch =
  | { readonly kind: "prefix"; readonly value: string }
  | { readonly kind: "path"; readonly value: string }
  | { readonly kind: "path_separated_prefix"; readonly value: string }
  | { readonly kind: "regex"; readonly regex: string }
  /** Only CONNECT requests. */
  | { readonly kind: "connect" }
  /** uri_template, compiled to the RE2 that means the same (full match). */
  | { readonly kind: "template"; readonly template: string; readonly regex: string };

/** string_match and its deprecated spellings, one form per meaning. Regexes are RE2, full match. */
export type HirStringMatch =
  | { readonly kind: "exact" | "prefix" | "suffix" | "contains"; readonly value: string; readonly ignoreCase: boolean }
  | { readonly kind: "regex"; readonly regex: string };

export interface HirHeaderMatch {
  /** Lower case; `:authority` for `host`. */
  readonly name: string;
  readonly invert: boolean;
  readonly missingAsEmpty: boolean;
  readonly value:
    | HirStringMatch
    | { readonly kind: "present"; readonly present: boolean }
    /** [start, end), decimal int64 as text (int64 does not fit a number). */
    | { readonly kind: "range"; readonly start: string; readonly end: string };
}

export interface HirQueryMatch {
  readonly name: string;
  readonly value: HirStringMatch | { readonly kind: "present"; readonly present: boolean };
}

export interface HirCookieMatch {
  readonly name: string;
  readonly invert: boolean;
  readonly value: HirStringMatch;
}

export type HirAction =
  | {
      readonly kind: "forward";
      readonly target: HirTarget;
      readonly notFoundStatus: number;
      readonly websocket?: boolean;
      readonly connect?: boolean;
    }
  | { readonly kind: "redirect"; readonly redirect: HirRedirect }
  | { readonly kind: "respond"; readonly status: number; readonly body: string }
  /** non_forwarding_action: 503 when reached. */
  | { readonly kind: "non_forwarding" }
  /** An action or a treatment of the decision that we can't express. */
  | { readonly kind: "punt"; readonly why: string };

export interface HirRedirect {
  readonly status: number;
  readonly https: boolean;
  /** scheme_redirect, as written. */
  readonly scheme?: string;
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly prefixRewrite?: string;
  readonly regexRewrite?: HirRegexRewrite;
  readonly stripQuery: boolean;
}

export interface HirRegexRewrite {
  readonly regex: string;
  /** RE2 substitution: `\1`. */
  readonly substitution: string;
}

/** What is done to the request on its way, and never changes where it goes. */
export interface HirTreatment {
  readonly prefixRewrite?: string;
  readonly regexRewrite?: HirRegexRewrite;
  readonly hostRewrite?:
    | { readonly kind: "literal"; readonly value: string }
    | { readonly kind: "header"; readonly header: string }
    | { readonly kind: "path_regex"; readonly rewrite: HirRegexRewrite }
    | { readonly kind: "auto" };
  /** append_x_forwarded_host: a host rewrite puts the host before it behind x-forwarded-host. */
  readonly appendForwardedHost?: boolean;
  readonly requestHeadersAdd?: readonly HirHeaderMutation[];
  readonly requestHeadersRemove?: readonly string[];
}

export interface HirHeaderMutation {
  readonly name: string;
  readonly value: string;
  readonly action: "append_or_add" | "add_if_absent" | "overwrite_or_add" | "overwrite";
  readonly keepEmpty: boolean;
}

export interface HirFault {
  readonly abort?: { readonly status: number; readonly fraction: HirFraction };
  /** Milliseconds. */
  readonly delay?: { readonly duration: number; readonly fraction: HirFraction };
  /** The filter's name: settings of a route are for the filter of that name in a chain. */
  readonly filter: string;
  /** Headers that a request must match for the fault to apply. */
  readonly headers: readonly HirHeaderMatch[];
}
