import type { HirPrefix } from "../hir/index.ts";
import { parseIp } from "../hir/ip.ts";
import type { LirInterval, LirPlace } from "../lir/decide.ts";
import { compareBytes } from "./bytes.ts";

/** A prefix and where its addresses go (addresses of a longer prefix inside it go there instead). */
export interface PrefixPlace {
  readonly prefix: HirPrefix;
  readonly next: LirPlace;
}

/** The address space of a family, cut where prefixes begin and end: sorted, covering it, neighbours differ. */
export function addressIntervals(prefixes: readonly PrefixPlace[], family: 4 | 6, rest: LirPlace): readonly LirInterval[] {
  const blocks = prefixes.flatMap((entry) => blockOf(entry, family)).sort((a, b) => compareBytes(a.first, b.first) || a.length - b.length);
  const cuts = [...blocks.map((block) => block.first), ...blocks.flatMap((block) => after(block.last) ?? [])].sort(compareBytes);
  const starts = [new Uint8Array(16), ...cuts].filter((cut, i, all) => i === 0 || compareBytes(cut, all[i - 1]!) !== 0);
  const out: LirInterval[] = [];
  const open: Block[] = [];
  let next = 0;
  for (const [i, start] of starts.entries()) {
    while (open.length > 0 && compareBytes(open.at(-1)!.last, start) < 0) open.pop();
    while (next < blocks.length && compareBytes(blocks[next]!.first, start) === 0) open.push(blocks[next++]!);
    const end = starts[i + 1];
    put(out, { last: end ? minusOne(end) : new Uint8Array(16).fill(255), next: open.at(-1)?.next ?? rest });
  }
  return out;
}

/** The same for ports. */
export function portIntervals(ports: ReadonlyMap<number, LirPlace>, rest: LirPlace): readonly LirInterval[] {
  const out: LirInterval[] = [];
  let free = 0;
  for (const [port, next] of [...ports].sort(([a], [b]) => a - b)) {
    if (port > free) put(out, { last: portKey(port - 1), next: rest });
    put(out, { last: portKey(port), next });
    free = port + 1;
  }
  put(out, { last: new Uint8Array(16).fill(255), next: rest });
  return out;
}

/** 16 bytes; IPv4 is ::ffff:a.b.c.d. Absent for what is no address of the family. */
export function ipKey(ip: string, family: 4 | 6): Uint8Array | undefined {
  const bytes = parseIp(ip);
  if (!bytes || bytes.length !== (family === 4 ? 4 : 16)) return undefined;
  if (family === 6) return bytes;
  const key = new Uint8Array(16);
  key.set([0xff, 0xff], 10);
  key.set(bytes, 12);
  return key;
}

interface Block {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly length: number;
  readonly next: LirPlace;
}

function blockOf({ prefix, next }: PrefixPlace, family: 4 | 6): readonly Block[] {
  const first = ipKey(prefix.ip, family);
  if (!first) return [];
  const length = prefix.length + (family === 4 ? 96 : 0);
  const last = first.slice();
  for (let bit = length; bit < 128; bit++) {
    first[bit >> 3]! &= ~(0x80 >> (bit & 7));
    last[bit >> 3]! |= 0x80 >> (bit & 7);
  }
  return [{ first, last, length, next }];
}

/** Neighbours that go to one place are one interval. */
function put(out: LirInterval[], interval: LirInterval): void {
  if (out.at(-1)?.next === interval.next) out.pop();
  out.push(interval);
}

function portKey(port: number): Uint8Array {
  const key = new Uint8Array(16);
  key[14] = port >> 8;
  key[15] = port & 255;
  return key;
}

/** Absent behind the last address. */
function after(last: Uint8Array): Uint8Array | undefined {
  const next = last.slice();
  for (let i = 15; i >= 0; i--) {
    next[i] = (next[i]! + 1) & 255;
    if (next[i] !== 0) return next;
  }
  return undefined;
}

function minusOne(start: Uint8Array): Uint8Array {
  const last = start.slice();
  for (let i = 15; i >= 0; i--) {
    last[i] = (last[i]! + 255) & 255;
    if (last[i] !== 255) break;
  }
  return last;
}
