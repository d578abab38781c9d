/**
 * LIR of the decide tier: everything from the first bytes of a connection to its cluster, as tables in words. Ids are dense and are the
 * interned model's; texts are latin-1 text of bytes. No byte offset.
 */

/** A place on the way to a filter chain. */
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
  readonly missing: "wait" | "close" | "go_on";
}

export interface LirListenerRule {
  readonly root: LirPlace;
  readonly defaultChain?: number;
  /** Diagnostic code. */
  readonly punt?: string;
  /** The redirecting listener's filters, where there is one, then its own. */
  readonly inspect: readonly LirInspect[];
}

export type LirChainRule =
  | { readonly kind: "tcp"; readonly target: number }
  | { readonly kind: "http"; readonly http: number }
  | { readonly kind: "punt"; readonly why: string }
  | { readonly kind: "close" };

/** A cluster id (absent: no such cluster), or the header (id) that names it. */
export type LirClusterRef = { readonly kind: "cluster"; readonly cluster?: number } | { readonly kind: "header"; readonly header: number };

export type LirTarget =
  | LirClusterRef
  /** Entries of weight above 0; `total` is the sum of all. */
  | { readonly kind: "weighted"; readonly entries: readonly LirShareEntry[]; readonly total: number; readonly header?: number };

export interface LirShareEntry {
  readonly weight: number;
  /** Place in LirDecide.entries. */
  readonly entry: number;
  readonly target: LirClusterRef;
}

export interface LirHttp {
  /** Route table id; absent: every request is answered 404. */
  readonly routes?: number;
  readonly punt?: string;
  readonly flags: readonly LirHttpFlag[];
  readonly maxBytes: number;
  readonly maxHeaders: number;
  /** Host of an HTTP/1.0 request without one. */
  readonly host10?: string;
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
  | "underscore_drop"
  | "underscore_reject"
  | "http10"
  | "absolute"
  | "scheme_http"
  | "scheme_https"
  | "auto"
  | "not_http1";

export interface LirDomain {
  readonly text: string;
  readonly vhost: number;
}

export interface LirRouteTable {
  readonly exact: readonly LirDomain[];
  readonly suffixes: readonly LirDomain[];
  readonly prefixes: readonly LirDomain[];
  /** Virtual host of `*`. */
  readonly rest?: number;
  readonly ignorePort: boolean;
  readonly ignoreParameters: boolean;
  /** Header id. */
  readonly vhostHeader?: number;
  /** Header ids. */
  readonly internalOnly: readonly number[];
}

export interface LirVhost {
  /** First route id; the others follow. */
  readonly first: number;
  readonly count: number;
  readonly punt?: string;
  readonly requireTls: "none" | "external_only" | "all";
}

export type LirPath =
  | { readonly kind: "prefix" | "exact" | "separated"; readonly text: string }
  | { readonly kind: "regex" | "template"; readonly dfa: number }
  | { readonly kind: "connect" };

export type LirValue =
  | { readonly kind: "exact" | "prefix" | "suffix" | "contains"; readonly text: string; readonly fold: boolean }
  | { readonly kind: "regex"; readonly dfa: number }
  | { readonly kind: "present" }
  | { readonly kind: "range"; readonly start: string; readonly end: string };

/** A condition; `name` is a header id, or the text of a parameter's or cookie's name. */
export interface LirMatch<Name> {
  readonly name: Name;
  readonly value: LirValue;
  readonly invert: boolean;
  readonly missingAsEmpty: boolean;
}

export type LirAction =
  | {
      readonly kind: "forward";
      readonly target: number;
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
  readonly headers: readonly LirMatch<number>[];
  readonly queries: readonly LirMatch<string>[];
  readonly cookies: readonly LirMatch<string>[];
  readonly fraction?: { readonly numerator: number; readonly denominator: number };
  readonly action: LirAction;
  readonly punt?: string;
}

/** A deterministic automaton over bytes; it takes a text when the column of the text's end holds 1. State 0 is dead. */
export interface LirDfa {
  /** For words. */
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
  readonly listeners: readonly LirListenerRule[];
  /** The use_original_dst listener. */
  readonly virtualListener?: number;
  readonly chains: readonly LirChainRule[];
  readonly https: readonly LirHttp[];
  readonly routeTables: readonly LirRouteTable[];
  readonly vhosts: readonly LirVhost[];
  readonly routes: readonly LirRoute[];
  readonly targets: readonly LirTarget[];
  readonly dfas: readonly LirDfa[];
  /** By header id: the known ones, then those that rules ask for, sorted. */
  readonly headers: readonly string[];
  /** Names of all clusters, by id; empty where no rule reads a name from a header. */
  readonly clusterNames: readonly string[];
  /** Paths of weighted entries. */
  readonly entries: readonly string[];
}
