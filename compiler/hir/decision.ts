/**
 * What an engine decides for one connection or request. The HIR interpreter and the generated C (wasm32) both give this, so that they
 * can be compared; `treat` then works out what the client and the upstream see.
 */

/** One thing that a client does: the unit of `kmesh-compile trace`. Text holding bytes is latin-1. */
export interface Question {
  readonly to: SocketAddress;
  /** Absent: a source that is neither loopback nor the destination (Envoy: EXTERNAL), in no source prefix, with no listed port. */
  readonly from?: SocketAddress;
  readonly first: FirstBytes;
}

export interface SocketAddress {
  /** Canonical text (IpText). */
  readonly ip: string;
  readonly port: number;
}

export type FirstBytes =
  /** Exact bytes: an HTTP/1 head (malformed ones too), an HTTP/2 preface, or any other protocol. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "tls"; readonly sni?: string; readonly alpn: readonly string[] }
  /** The client sends nothing: a server-first protocol, or a question about the connection alone. */
  | { readonly kind: "nothing" };

/** The shares of a decision: probabilities sum to 1; most have one share. Order is the order of evaluation. */
export interface Decision {
  readonly shares: readonly DecisionShare[];
}

export interface DecisionShare {
  /** 0 < p <= 1, a double. */
  readonly probability: number;
  /** `path`s of HIR nodes, as far as the decision came. */
  readonly listener?: string;
  readonly chain?: string;
  readonly vhost?: string;
  readonly route?: string;
  /** `path` of the HirWeighted entry that was drawn. */
  readonly weighted?: string;
  readonly outcome: Outcome;
}

export type Outcome =
  /** `cluster` is known and may still have no endpoint: balance() says, and treat() turns that into 503 or close. */
  | { readonly kind: "cluster"; readonly cluster: string }
  /** The route is a redirect, or require_tls / UNESCAPE_AND_REDIRECT asks for one. */
  | { readonly kind: "redirect"; readonly by: "route" | "require_tls" | "escaped_slashes" }
  | {
      readonly kind: "respond";
      readonly why: "direct_response" | "no_route" | "no_cluster" | "bad_request" | "dropped";
      readonly status: number;
    }
  | { readonly kind: "close"; readonly why: "no_filter_chain" | "no_cluster" | "no_filters" }
  /** No listener takes it: not ours. (A PassthroughCluster is an outcome `cluster` whose discovery is original_dst.) */
  | { readonly kind: "pass"; readonly why: "unmanaged" }
  /** Left to a proxy or the relay; `why` is a diagnostic code. */
  | { readonly kind: "punt"; readonly why: string }
  /** No decision from these bytes: an incomplete head, or nothing where a chain needs bytes. */
  | { readonly kind: "error"; readonly why: "incomplete" | "waiting" };

/** One line of `trace --batch`: what is printed. Fields that do not apply are absent. */
export interface Answer {
  readonly id?: unknown;
  readonly verdict: "forward" | "redirect" | "respond" | "close" | "pass" | "punt" | "error";
  readonly why?: string;
  readonly listener?: string;
  readonly filter_chain?: string;
  readonly virtual_host?: string;
  readonly route?: string;
  readonly clusters?: readonly AnswerCluster[];
  readonly endpoints?: readonly { readonly address: string; readonly cluster: string; readonly probability: number }[];
  readonly status?: number;
  readonly location?: string;
  readonly body?: string;
  readonly upstream?: {
    readonly path?: string;
    readonly authority?: string;
    readonly method?: string;
    readonly headers?: readonly (readonly [string, string])[];
  };
  readonly xds_path?: string;
  /** How this connection is carried: decided at connect, from the request head, or by a proxy. */
  readonly tier?: "direct" | "l7" | "punt" | "pass";
}

export interface AnswerCluster {
  readonly name: string;
  readonly probability: number;
  readonly verdict?: string;
  readonly why?: string;
  readonly status?: number;
}
