/**
 * LIR of the decide tier: everything from the first bytes of a connection to its cluster, in words. What a listener or a route table refers
 * to outside itself (clusters, headers, route tables, automata) stands there by name or as itself, so that each is lowered once for as long
 * as its HIR stays; layout gives the ids. Texts are latin-1 text of bytes.
 */

/** A place on the way to a filter chain: `chain` is the place in the listener's chains. */
export type LirPlace = { readonly kind: "none" } | { readonly kind: "chain"; readonly chain: number } | LirNode;

/** One choice. Nothing looks back: a place of kind `none` below it is final. */
export type LirNode =
  | {
      readonly kind: "intervals";
      readonly by: "port" | "destination" | "direct" | "source" | "source_port";
      /** Sorted, covering the key space; ports, or IPv4 addresses (as ::ffff:a.b.c.d). */
      readonly four: readonly LirInterval[];
      /** IPv6 addresses; empty for ports. */
      readonly six: readonly LirInterval[];
    }
  /** Whole names and, beginning with a dot, suffixes. */
  | { readonly kind: "names"; readonly names: readonly LirNamed[]; readonly rest: LirPlace }
  | { readonly kind: "protocols"; readonly names: readonly LirNamed[]; readonly rest: LirPlace }
  | { readonly kind: "transport"; readonly tls: LirPlace; readonly raw: LirPlace }
  | { readonly kind: "source_type"; readonly local: LirPlace; readonly external: LirPlace };

export interface LirInterval {
  /** Inclusive upper end, 16 bytes; a port in the last two. */
  readonly last: Uint8Array;
  readonly next: LirPlace;
}

export interface LirNamed {
  readonly name: string;
  readonly next: LirPlace;
}

/** One listener's filters: who looks, and what happens when bytes are missing. */
export interface LirInspect {
  readonly tls: boolean;
  readonly http: boolean;
  /** The http_inspector sees what a tls_inspector before it reads. */
  readonly shortHttp: boolean;
  readonly missing: "wait" | "close" | "go_on";
}

/** Some listeners in a row. */
export interface LirListenerPart {
  readonly listeners: readonly LirListenerRule[];
}

export interface LirListenerRule {
  /** Its default chain comes last. */
  readonly chains: readonly LirChainRule[];
  readonly root: LirPlace;
  /** Place in `chains`. */
  readonly defaultChain?: number;
  /** Diagnostic code. */
  readonly punt?: string;
  /** The redirecting listener's filters, where there is one, then its own. */
  readonly inspect: readonly LirInspect[];
}

export type LirChainRule =
  | { readonly kind: "tcp"; readonly target: LirTarget }
  | { readonly kind: "http"; readonly http: LirHttp }
  | { readonly kind: "punt"; readonly why: string }
  | { readonly kind: "close" };

/** A cluster by its name, which may be no cluster's, or the header that names it. */
export type LirClusterRef = { readonly kind: "cluster"; readonly cluster: string } | { readonly kind: "header"; readonly header: string };

export type LirTarget =
  | LirClusterRef
  /** Entries of weight above 0; `total` is the sum of all. */
  | { readonly kind: "weighted"; readonly entries: readonly LirShareEntry[]; readonly total: number; readonly header?: string };

export interface LirShareEntry {
  readonly weight: number;
  /** Path of the weighted entry. */
  readonly entry: string;
  readonly target: LirClusterRef;
}

export interface LirHttp {
  /** Path of the route table; absent: every request is answered 404. */
  readonly routes?: string;
  readonly punt?: string;
  readonly flags: readonly LirHttpFlag[];
  readonly maxBytes: number;
  readonly maxHeaders: number;
  readonly trustedHops: number;
  /** Host of an HTTP/1.0 request without one. */
  readonly host10?: string;
  /** Put behind what `via` has. */
  readonly via?: string;
  readonly upgrades: readonly string[];
  /** Takes internal source addresses to chain 0; absent: none is internal. */
  readonly internal?: LirPlace;
}

export type LirHttpFlag =
  | "normalize"
  | "merge"
  | "unescape"
  | "escape_reject"
  | "escape_redirect"
  | "strip_port"
  | "strip_matching"
  | "strip_dot"
  | "remote"
  | "skip_xff"
  | "forwarded_port"
  | "no_request_id"
  | "keep_request_id"
  | "untrace_request_id"
  | "client_cert"
  | "underscore_drop"
  | "underscore_reject"
  | "http10"
  | "absolute"
  | "continue"
  | "scheme_http"
  | "scheme_https"
  | "auto"
  | "not_http1";

export interface LirDomain {
  readonly text: string;
  /** Place in the part's virtual hosts. */
  readonly vhost: number;
}

export interface LirRouteTable {
  /** One behind the other: all virtual hosts. */
  readonly parts: readonly LirTablePart[];
  readonly ignorePort: boolean;
  readonly ignoreParameters: boolean;
  readonly vhostHeader?: string;
  readonly internalOnly: readonly string[];
  /** Whether x-forwarded-for has a part in what the table decides. */
  readonly readsForwardedFor: boolean;
}

/** Some virtual hosts of a table. */
export interface LirTablePart {
  /** Automata of its routes, each once. */
  readonly dfas: readonly LirDfa[];
  /**
   * What it is, always the same. It is there until it is read for the first time, and made anew for who reads it again: of a large mesh's it is
   * megabytes, and most are laid out once and never looked at again.
   */
  readonly read: () => LirPartContent;
}

/** Virtual hosts and their domains. A domain stands once in a table. */
export interface LirPartContent {
  readonly vhosts: readonly LirVhost[];
  readonly exact: readonly LirDomain[];
  readonly suffixes: readonly LirDomain[];
  readonly prefixes: readonly LirDomain[];
  /** Virtual host of `*`. */
  readonly rest?: number;
}

export interface LirVhost {
  readonly routes: readonly LirRoute[];
  readonly punt?: string;
  readonly requireTls: "none" | "external_only" | "all";
}

export type LirPath =
  | { readonly kind: "prefix" | "exact" | "separated"; readonly text: string }
  | { readonly kind: "regex" | "template"; readonly dfa: LirDfa }
  | { readonly kind: "connect" };

export type LirValue =
  | { readonly kind: "exact" | "prefix" | "suffix" | "contains"; readonly text: string; readonly fold: boolean }
  | { readonly kind: "regex"; readonly dfa: LirDfa }
  | { readonly kind: "present" }
  | { readonly kind: "range"; readonly start: string; readonly end: string };

/** A condition; `name` is a header's, parameter's or cookie's. */
export interface LirMatch {
  readonly name: string;
  readonly value: LirValue;
  readonly invert: boolean;
  readonly missingAsEmpty: boolean;
}

export type LirAction =
  | {
      readonly kind: "forward";
      readonly target: LirTarget;
      readonly notFound: number;
      readonly connect?: boolean;
      readonly websocket?: boolean;
    }
  | { readonly kind: "redirect" }
  | { readonly kind: "respond"; readonly status: number }
  | { readonly kind: "non_forwarding" }
  | { readonly kind: "punt"; readonly why: string };

export interface LirRoute {
  readonly path: LirPath;
  /** ASCII letters of the path match in any case; the text is in lower case then. */
  readonly fold: boolean;
  readonly grpc: boolean;
  readonly never: boolean;
  readonly headers: readonly LirMatch[];
  readonly queries: readonly LirMatch[];
  readonly cookies: readonly LirMatch[];
  readonly fraction?: { readonly numerator: number; readonly denominator: number };
  readonly action: LirAction;
  readonly punt?: string;
}

/** A deterministic automaton over bytes; it takes a text when the column of the text's end holds 1. State 0 is dead. */
export interface LirDfa {
  /** What tells automata apart. */
  readonly regex: string;
  /** 256 classes. */
  readonly classOf: Uint8Array;
  /** Byte classes, plus one for the end of the text. */
  readonly classes: number;
  /** states * classes, row by row. */
  readonly next: Uint16Array;
  readonly start: number;
}

export interface LirDecide {
  /** One behind the other: all listeners. */
  readonly listeners: readonly LirListenerPart[];
  /** The use_original_dst listener. */
  readonly virtualListener?: number;
  readonly tables: readonly LirRouteTable[];
  /** Some rule reads a cluster's name from a header. */
  readonly readsClusterNames: boolean;
}

/** Automata of the tables, each expression's once. */
export function dfasOf(tables: readonly LirRouteTable[]): readonly LirDfa[] {
  const found = new Map<string, LirDfa>();
  for (const { parts } of tables)
    for (const { dfas } of parts) for (const dfa of dfas) if (!found.has(dfa.regex)) found.set(dfa.regex, dfa);
  return [...found.values()];
}
