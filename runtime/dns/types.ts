/** Which addresses of a name count: Envoy's DnsLookupFamily. `auto` is IPv6, and IPv4 where there is none. */
export type Family = "auto" | "v4_only" | "v6_only" | "v4_preferred" | "all";

/** How a name is looked up; what is absent is as the machine does it. */
export interface Lookup {
  /** `ip:port` of name servers, in the order in which they are asked, in place of the machine's. */
  readonly servers?: readonly string[];
  /** The servers count only where the machine has none. */
  readonly fallback?: boolean;
  /** The name as it is: search domains do not count. */
  readonly asIs?: boolean;
}

/** What is to be known of a host name. */
export interface HostnameQuery extends Lookup {
  /** Of its answer, kept over a restart. Queries of one key agree in everything but `refresh`. */
  readonly key: string;
  readonly hostname: string;
  readonly family: Family;
  /**
   * `all`: every address, and an answer without any is one. `first`: the first address of the answer as the server sent it; an answer
   * without any is a failure.
   */
  readonly wants: "all" | "first";
  /** Of `first`: the first address of this family, where the answer has one. */
  readonly firstFamily?: 4 | 6;
  readonly refresh: Refresh;
}

/** When a name is looked up again. Times are milliseconds. */
export interface Refresh {
  readonly intervalMs: number;
  /** The answer's time to live counts in the interval's place, where it is more than 0. */
  readonly respectTtl: boolean;
  /** A time to live below this counts as this. */
  readonly minTtlMs: number;
  /** A random part below this is added after an answer. */
  readonly jitterMs: number;
  /** After failures: a random part of an interval that doubles from `baseMs` to `maxMs`. Undefined: `intervalMs`. */
  readonly failure?: { readonly baseMs: number; readonly maxMs: number };
}

export interface AddressRecord {
  /** Text of an IP address. */
  readonly address: string;
  /** 0: none is known. */
  readonly ttlMs: number;
}

/** What a lookup came to. A name that does not exist is an answer without records. */
export type Outcome =
  | { readonly kind: "answer"; readonly records: readonly AddressRecord[] }
  | { readonly kind: "failure"; readonly message: string };

/** Asks for a name's addresses of one family. Never rejects. */
export type Ask = (hostname: string, family: 4 | 6, lookup: Lookup) => Promise<Outcome>;

/** Answers by key, to be kept over a restart. */
export type Answers = ReadonlyMap<string, readonly string[]>;
