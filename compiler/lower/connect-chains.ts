import type { HirChain, HirListener, HirPrefix } from "../hir/index.ts";
import { formatIp, parseIp } from "../hir/ip.ts";
import { compareBytes } from "./bytes.ts";

/** What can still happen once address and port are known. `undefined` is "no chain": the default one, or the end. */
export interface Candidates {
  readonly chains: readonly (HirChain | undefined)[];
  /** First bytes choose between them. */
  readonly bytes: boolean;
  /** The source chooses between them. */
  readonly source: boolean;
}

/** Listener filters that look at the bytes of a connection: those of the virtual listener run before the chosen one's. */
export interface Inspectors {
  readonly tls: boolean;
  readonly http: boolean;
}

/** The first level: chains by destination_port; `rest` takes the ports that no chain names. */
export function byPort(chains: readonly HirChain[]): {
  readonly ports: ReadonlyMap<number, readonly HirChain[]>;
  readonly rest: readonly HirChain[];
} {
  const ports = new Map<number, HirChain[]>();
  const rest: HirChain[] = [];
  for (const chain of chains) {
    const port = chain.match.destinationPort;
    if (port === undefined || port === 0) rest.push(chain);
    else ports.set(port, [...(ports.get(port) ?? []), chain]);
  }
  return { ports, rest };
}

/** An interval of addresses of one family and the chains of its most specific prefix. */
export interface AddressInterval {
  /** Inclusive. */
  readonly last: Uint8Array;
  readonly chains: readonly HirChain[];
}

/**
 * The second level: the whole address space of a family, cut where prefixes begin and end. An address belongs to its longest prefix alone
 * (Envoy does not go back to a shorter one); chains without prefixes take what no prefix covers.
 */
export function byAddress(chains: readonly HirChain[], family: 4 | 6): readonly AddressInterval[] {
  const size = family === 4 ? 4 : 16;
  const anywhere = chains.filter((c) => c.match.prefixRanges.length === 0);
  const blocks = blocksOf(chains, size);
  const cuts = cutsOf(blocks, size);
  const out: AddressInterval[] = [];
  const open: Block[] = [];
  let next = 0;
  for (const [i, start] of cuts.entries()) {
    while (open.length > 0 && compareBytes(open.at(-1)!.last, start) < 0) open.pop();
    while (next < blocks.length && compareBytes(blocks[next]!.first, start) === 0) open.push(blocks[next++]!);
    const end = cuts[i + 1];
    out.push({ last: end ? before(end) : new Uint8Array(size).fill(255), chains: open.at(-1)?.chains ?? anywhere });
  }
  return out;
}

/** The chains for one address. */
export function atAddress(chains: readonly HirChain[], ip: Uint8Array): readonly HirChain[] {
  if (chains.every((c) => c.match.prefixRanges.length === 0)) return chains;
  const intervals = byAddress(chains, ip.length === 4 ? 4 : 6);
  return intervals.find((interval) => compareBytes(ip, interval.last) <= 0)!.chains;
}

/**
 * The other levels, as far as they are known without bytes and source. Where a level needs one of them, everything below is a candidate:
 * a superset, so that equal outcomes are never claimed wrongly.
 */
export function candidates(chains: readonly HirChain[], inspectors: Inspectors): Candidates {
  if (chains.length === 1 && takesAll(chains[0]!)) return { chains, bytes: false, source: false };
  let left = chains;
  let bytes = false;

  // The empty name is what a connection without names has.
  const asksNone = (names: readonly string[]) => names.length === 0 || names.includes("");
  const asksOne = (names: readonly string[]) => names.some((name) => name !== "");
  if (!inspectors.tls) left = left.filter((c) => asksNone(c.match.serverNames));
  else if (left.some((c) => asksOne(c.match.serverNames))) bytes = true;

  const transport = (c: HirChain) => c.match.transportProtocol !== undefined;
  if (!inspectors.tls) {
    const raw = left.filter((c) => c.match.transportProtocol === "raw_buffer");
    left = raw.length > 0 ? raw : left.filter((c) => !transport(c));
  } else if (left.some(transport)) bytes = true;

  if (!inspectors.tls && !inspectors.http) left = left.filter((c) => asksNone(c.match.applicationProtocols));
  else if (left.some((c) => asksOne(c.match.applicationProtocols))) bytes = true;

  const source = left.some(needsSource);
  if (bytes || source) return { chains: [...left, undefined], bytes, source };
  return { chains: [left[0]], bytes, source };
}

/** The mesh's commonest chain: no criterion of these levels. */
export function takesAll(chain: HirChain): boolean {
  const { serverNames, transportProtocol, applicationProtocols } = chain.match;
  return serverNames.length === 0 && transportProtocol === undefined && applicationProtocols.length === 0 && !needsSource(chain);
}

function needsSource({ match }: HirChain): boolean {
  return (
    match.directSourcePrefixRanges.length > 0 ||
    match.sourceType !== "any" ||
    match.sourcePrefixRanges.length > 0 ||
    match.sourcePorts.length > 0
  );
}

/** Which listener filters have looked at a connection when its chain is chosen. */
export function inspectorsOf(listener: HirListener, virtual: HirListener | undefined): Inspectors {
  return {
    tls: listener.inspectors.tls || (virtual?.inspectors.tls ?? false),
    http: listener.inspectors.http || (virtual?.inspectors.http ?? false),
  };
}

interface Block {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly chains: HirChain[];
}

/** One block for each distinct prefix; outer ones first where two begin at one address. */
function blocksOf(chains: readonly HirChain[], size: number): readonly Block[] {
  const blocks = new Map<string, Block>();
  for (const chain of chains)
    for (const prefix of chain.match.prefixRanges) {
      const block = blockOf(prefix, size);
      if (!block) continue;
      const key = `${formatIp(block.first)}-${formatIp(block.last)}`;
      const known = blocks.get(key);
      if (!known) blocks.set(key, { ...block, chains: [chain] });
      else if (!known.chains.includes(chain)) known.chains.push(chain);
    }
  return [...blocks.values()].sort((a, b) => compareBytes(a.first, b.first) || compareBytes(b.last, a.last));
}

function blockOf(prefix: HirPrefix, size: number): { readonly first: Uint8Array; readonly last: Uint8Array } | undefined {
  const ip = parseIp(prefix.ip);
  if (ip?.length !== size || prefix.length > size * 8) return undefined;
  const first = ip.slice();
  const last = ip.slice();
  for (let i = 0; i < size; i++) {
    const bits = Math.min(8, Math.max(0, prefix.length - 8 * i));
    const mask = (0xff00 >> bits) & 0xff;
    first[i] = ip[i]! & mask;
    last[i] = ip[i]! | (~mask & 0xff);
  }
  return { first, last };
}

/** Where some block begins or has just ended, and the first address. */
function cutsOf(blocks: readonly Block[], size: number): readonly Uint8Array[] {
  const cuts: Uint8Array[] = [new Uint8Array(size)];
  for (const block of blocks) {
    cuts.push(block.first);
    const end = after(block.last);
    if (end) cuts.push(end);
  }
  cuts.sort(compareBytes);
  return cuts.filter((cut, i) => i === 0 || compareBytes(cuts[i - 1]!, cut) !== 0);
}

function after(ip: Uint8Array): Uint8Array | undefined {
  const out = ip.slice();
  for (let i = out.length - 1; i >= 0; i--) {
    if (out[i] !== 255) {
      out[i] = out[i]! + 1;
      return out;
    }
    out[i] = 0;
  }
  return undefined;
}

function before(ip: Uint8Array): Uint8Array {
  const out = ip.slice();
  for (let i = out.length - 1; i >= 0; i--) {
    if (out[i] !== 0) {
      out[i] = out[i]! - 1;
      return out;
    }
    out[i] = 255;
  }
  return out;
}
