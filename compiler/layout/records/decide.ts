import type { Bytes, Fixed, Ip, u8, u16, u32, u64 } from "../brand.ts";
import type { Leaf } from "./connect.ts";

/** Some spaces of words: a cuckoo table of their own, in a run of table word. */
export interface Words {
  /** Its first bucket. */
  readonly first: u32;
  /** Its number of buckets, a power of two, minus one. */
  readonly mask: u32;
  /** Of its hash. */
  readonly seed: u32;
}

/** Header fields of the decide tier. */
export interface DecideHeader {
  /** Words of all but route tables. */
  readonly words: Words;
  /** The use_original_dst listener; ~0 for none. */
  readonly virtualListener: u32;
}

/** A listener, by listener id. */
export interface Listener {
  /** Where the search for a filter chain begins: a place of the chain tree (see Node). */
  readonly root: u32;
  /** Chain id for connections that no chain takes; ~0 for none. */
  readonly defaultChain: u32;
  /** Reason id of the punt of the whole listener; ~0 for none. */
  readonly punt: u32;
  /** KM_IF_* of the listener filters that run, in turn: the redirecting listener's, then its own. */
  readonly inspect: Fixed<u8, 2>;
  readonly pad0: u16;
}

/**
 * One choice on the way to a filter chain. Places are: a node; a chain id with KM_PLACE_CHAIN set; ~0 for no chain. What a node does is in
 * `kind` (KM_N_*): intervals (ports, addresses) have their edges in runs first4/count4 and first6/count6 (ports in the first);
 * names have word space `first4` and go on at `rest`; transport and source type go to `first4` (tls, local) or `first6` (the other).
 */
export interface Node {
  readonly kind: u32;
  readonly rest: u32;
  readonly first4: u32;
  readonly count4: u32;
  readonly first6: u32;
  readonly count6: u32;
}

/** One interval: a run is sorted and covers the whole key space. */
export interface Edge {
  /** Inclusive upper end: an address, or a port in the low 16 bits. */
  readonly last: Ip;
  /** A place. */
  readonly next: u32;
  readonly pad0: u32;
}

/** A filter chain, by chain id. */
export interface Chain {
  /** KM_C_*. */
  readonly kind: u32;
  /** Target, connection manager or reason id, as the kind says. */
  readonly value: u32;
}

/** Where a connection or request goes. */
export interface Target {
  /** KM_G_*. */
  readonly kind: u32;
  /** Cluster id (~0: no such cluster), header id, or first record of the run in table share. */
  readonly value: u32;
  /** Records of the run. */
  readonly count: u32;
  /** Sum of the run's weights. */
  readonly total: u32;
  /** The header whose number picks from the run; ~0 for none. */
  readonly header: u32;
  readonly pad0: u32;
}

/** One weighted entry. Entries of weight 0 are not in the table. */
export interface Share {
  /** Cumulative weight, this entry's included: a number below it, and not below the one before, takes it. */
  readonly upto: u32;
  /** KM_G_CLUSTER or KM_G_HEADER. */
  readonly kind: u32;
  readonly value: u32;
  /** Id of the weighted entry, for words. */
  readonly entry: u32;
}

/** A connection manager. */
export interface Http {
  /** Route table id; ~0: every request is answered 404. */
  readonly routes: u32;
  /** Reason id; ~0 for none. */
  readonly punt: u32;
  /** KM_HM_* bits. */
  readonly flags: u32;
  /** Bytes of a head; more are answered 431. */
  readonly maxBytes: u32;
  /** Headers of a head; more are answered 431. */
  readonly maxHeaders: u32;
  /** Text id of what is put behind `via`; ~0 for nothing. */
  readonly via: u32;
  /** Text id of the Host that an HTTP/1.0 request without one gets; ~0 for none. */
  readonly host10: u32;
  /** Word space of the upgrades that are allowed; 0 for none. */
  readonly upgrades: u32;
  /** Place in the chain tree that takes internal source addresses to chain 0; ~0: no address is internal. */
  readonly internal: u32;
  /** Addresses at the end of x-forwarded-for that trusted proxies put there. */
  readonly trustedHops: u32;
}

/** A route configuration. */
export interface RouteTable {
  /** Its domains: whole, suffixes, prefixes (KM_W_WHOLE, KM_W_SUFFIX, KM_W_PREFIX). */
  readonly words: Words;
  /** KM_RT_* bits. */
  readonly flags: u32;
  /** Run of table number: the distinct lengths of suffixes, rising. */
  readonly firstSuffix: u32;
  readonly suffixes: u32;
  /** The same of prefixes. */
  readonly firstPrefix: u32;
  readonly prefixes: u32;
  /** Virtual host id of `*`; ~0 for none. */
  readonly rest: u32;
  /** Header id that replaces Host in the search; ~0 for none. */
  readonly vhostHeader: u32;
  /** Run of table number: header ids of internal_only_headers. */
  readonly firstInternal: u32;
  readonly internals: u32;
}

/** A number. */
export interface NumberItem {
  readonly value: u32;
  readonly pad0: u32;
}

/** A virtual host: a run of routes in their order. */
export interface Vhost {
  readonly first: u32;
  readonly count: u32;
  /** Reason id; ~0 for none. */
  readonly punt: u32;
  /** KM_TLS_*. */
  readonly tls: u32;
}

/** A route. */
export interface Route {
  /** KM_P_*. */
  readonly path: u8;
  /** KM_RF_* bits. */
  readonly flags: u8;
  /** KM_A_*. */
  readonly action: u8;
  /** KM_UP_* of CONNECT (low half) and websocket (high half). */
  readonly upgrades: u8;
  /** Text id, or DFA id, of the path. */
  readonly pathValue: u32;
  /** Run of table match: headers, then query parameters, then cookies. */
  readonly first: u32;
  readonly headers: u16;
  readonly queries: u16;
  readonly cookies: u16;
  /** Status of a direct response, or of a missing cluster. */
  readonly status: u16;
  /** Of the drawn number modulo `denominator`, those below take the route; denominator 0: all do. */
  readonly numerator: u32;
  readonly denominator: u32;
  /** Target id, or reason id of a punt action. */
  readonly value: u32;
  /** Reason id: the match can't be expressed; ~0 for none. */
  readonly punt: u32;
  readonly pad0: u32;
}

/** One condition on a header, query parameter or cookie. */
export interface Match {
  /** Header id, or text id of the parameter's or cookie's name. */
  readonly name: u32;
  /** KM_M_*. */
  readonly kind: u8;
  /** KM_MF_* bits. */
  readonly flags: u8;
  readonly pad0: u16;
  /** Text id (lower case under KM_MF_FOLD) or DFA id. */
  readonly value: u32;
  readonly pad1: u32;
  /** Range [start, end), two's complement. */
  readonly start: u64;
  readonly end: u64;
}

/** A word of some space and what it stands for. Space 0: the slot is empty. */
export interface WordSlot {
  readonly space: u32;
  readonly hash: u32;
  /** Text id. */
  readonly text: u32;
  readonly value: u32;
}

/** A cache line of some cuckoo table of words. */
export interface WordBucket {
  readonly slot: Fixed<WordSlot, 4>;
}

/** A byte string. */
export interface Text {
  /** Byte offset in table bytes. */
  readonly first: u32;
  readonly length: u32;
}

/** 64 bytes of all texts, one after the other. */
export interface Chunk {
  readonly data: Bytes<64>;
}

/** A header name that rules or the connection manager know, by header id. The first KM_H_COUNT ids are fixed (KM_H_*). */
export interface HeaderName {
  /** KM_HN_* bits. */
  readonly flags: u32;
  readonly pad0: u32;
}

/** A regex as a deterministic automaton: state s and byte b lead to next[first + s * classes + class of b]. State 0 is dead. */
export interface Dfa {
  /** Record of table dfamap. */
  readonly map: u32;
  /** Place in table dfanext, in 16-bit items. */
  readonly first: u32;
  /** Byte classes, plus one for the end of the text: its column holds 1 where the text matches. */
  readonly classes: u32;
  readonly start: u32;
}

/** Class of each byte. */
export interface DfaMap {
  readonly class: Bytes<256>;
}

/** 32 transitions of all automata, one after the other. */
export interface DfaNext {
  readonly state: Fixed<u16, 32>;
}

/** A question to the decide tier, as the host writes it (wasm). */
export interface DecideInput {
  readonly to: Ip;
  /** Unspecified where the source is not known. */
  readonly from: Ip;
  readonly toPort: u16;
  readonly fromPort: u16;
  /** 4 or 6. */
  readonly family: u8;
  readonly sourceFamily: u8;
  /** 1: the source is external, in no prefix but /0, with no port that a chain can list. */
  readonly fromUnknown: u8;
  readonly pad0: u8;
  /** First bytes in the text. */
  readonly length: u32;
}

/** How a decision ended. Ids are ~0 as far as it did not come. */
export interface DecideOutput {
  /** KM_E_*. */
  readonly end: u32;
  /** Cluster id, reason id or status, as the end says. */
  readonly value: u32;
  readonly listener: u32;
  readonly chain: u32;
  readonly vhost: u32;
  readonly route: u32;
  /** Weighted entry that was drawn. */
  readonly entry: u32;
  readonly pad0: u32;
}

/** What the connect tier makes of a question's destination. */
export interface ConnectOutput {
  readonly leaf: Leaf;
  /** Listener id; ~0 for the virtual one. */
  readonly listener: u32;
  readonly pad0: u32;
}
