import { assertNever, type DiagnosticSink } from "../diag/index.ts";
import type { LirConnect, LirLeaf, LirService } from "../lir/connect.ts";
import { ipInto } from "../lir/ip.ts";
import { reasons, verdicts } from "../lir/verdict.ts";
import { createLast, type Last } from "../memo/index.ts";
import { layoutClusters } from "./clusters.ts";
import { buildCuckoo, type CuckooTable } from "./cuckoo.ts";
import { flags } from "./flags.ts";
import { type Header, type Leaf, Range, Split, Svc4Slot, Svc6Slot } from "./gen/records.ts";
import { hashAdd, hashSocket4, portWord } from "./hash.ts";
import { type Image, newImage, viewOf, withinLimit } from "./image.ts";
import { limits } from "./limits.ts";

import { cumulative } from "./upto.ts";

/** What the connect tier knows of a generation header. */
export type ConnectHeader = Pick<
  Header,
  "svc4Mask" | "svc4Seed" | "svc6Mask" | "svc6Seed" | "virtual4" | "virtual6" | "ports" | "flags" | "clusters" | "cellShift"
>;

export interface ConnectLayout {
  readonly images: readonly Image[];
  readonly header: ConnectHeader;
}

/** LIR -> images of the connect tier. Undefined when a limit is reached (the sink says which). */
export function layoutConnect(lir: LirConnect, sink: DiagnosticSink, last: Last = createLast()): ConnectLayout | undefined {
  const firsts = { split: offsets(lir.splits.map((s) => s.entries.length)), range: offsets(lir.ranges.map((r) => r.intervals.length)) };
  const leaf = (value: LirLeaf) => leafRecord(value, firsts);
  const { four, six } = last("services by family", [lir.services], () => byFamily(lir.services));
  const steps = [...firsts.split, ...firsts.range];
  const svc4 = last("table svc4", [four, ...steps], () => layoutServices("svc4", four, leaf, sink));
  const svc6 = last("table svc6", [six, ...steps], () => layoutServices("svc6", six, leaf, sink));
  const clusters = last("clusters", lir.clusters, (list) => layoutClusters(list, sink, last));
  const split = layoutSplits(lir, leaf, sink);
  const range = layoutRanges(lir, leaf, sink);
  if (!svc4 || !svc6 || !clusters || !split || !range) return undefined;
  return {
    images: [svc4.image, svc6.image, clusters.cell, clusters.endpoint, split, range],
    header: {
      svc4Mask: svc4.table.mask,
      svc4Seed: svc4.table.seed,
      svc6Mask: svc6.table.mask,
      svc6Seed: svc6.table.seed,
      virtual4: leaf(lir.virtual4),
      virtual6: leaf(lir.virtual6),
      ports: last("ports", [lir.services], () => portBits(lir.services)),
      flags:
        (four.some((s) => s.ip === "0.0.0.0") ? flags.KM_HF_WILDCARD4 : 0) | (six.some((s) => s.ip === "::") ? flags.KM_HF_WILDCARD6 : 0),
      clusters: lir.clusters.length,
      cellShift: clusters.cellShift,
    },
  };
}

function byFamily(services: readonly LirService[]): Readonly<Record<"four" | "six", readonly LirService[]>> {
  const isSix = ({ ip }: LirService) => ip.includes(":");
  return { four: services.filter((service) => !isSix(service)), six: services.filter(isSix) };
}

/** Header.ports */
function portBits(services: readonly LirService[]): readonly [low: number, high: number] {
  const bits: [number, number] = [0, 0];
  for (const { port } of services) bits[(port >> 5) & 1]! |= 1 << (port & 31);
  return [bits[0] >>> 0, bits[1] >>> 0];
}

/** Whether a program looks for the port: the other side of km_port_known(). */
export function isPortKnown({ ports }: Pick<Header, "ports">, port: number): boolean {
  return ((ports[(port >> 5) & 1]! >>> (port & 31)) & 1) === 1;
}

interface Firsts {
  readonly split: readonly number[];
  readonly range: readonly number[];
}

function recordOf(verdict: number, reason: number, target: number): Leaf {
  return { verdict, reason, pad0: 0, target };
}

function leafRecord(leaf: LirLeaf, firsts: Firsts): Leaf {
  switch (leaf.kind) {
    case "none":
      return recordOf(verdicts.NONE, reasons.NONE, 0);
    case "pass":
      return recordOf(verdicts.PASS, reasons[leaf.reason], 0);
    case "refuse":
      return recordOf(verdicts.REFUSE, reasons[leaf.reason], 0);
    case "punt":
      return recordOf(verdicts.PUNT, reasons[leaf.reason], 0);
    case "l7":
      return recordOf(verdicts.L7, reasons[leaf.reason], leaf.listener);
    case "direct":
      return recordOf(verdicts.DIRECT, reasons.FORWARDED, leaf.cluster);
    case "split":
      return recordOf(verdicts.SPLIT, reasons.NONE, firsts.split[leaf.split]!);
    case "range":
      return recordOf(verdicts.RANGE, reasons.NONE, firsts.range[leaf.range]!);
    case "ports":
      return recordOf(verdicts.PORTS, reasons.NONE, firsts.range[leaf.range]!);
    default:
      return assertNever(leaf);
  }
}

/** Bytes of an address, and where an IPv4 one is in it. */
const IP_SIZE = 16;
const IPV4_AT = 12;

function layoutServices(
  name: "svc4" | "svc6",
  services: readonly LirService[],
  leaf: (value: LirLeaf) => Leaf,
  sink: DiagnosticSink,
): { readonly image: Image; readonly table: CuckooTable } | undefined {
  // One buffer: to ask an array of a few bytes for its buffer gives it one, which takes longer than all else here.
  const bytes = new Uint8Array(IP_SIZE * services.length);
  const ips = new DataView(bytes.buffer);
  const ip = new Uint8Array(IP_SIZE);
  for (let key = 0; key < services.length; key++) {
    ipInto(ip, services[key]!.ip);
    bytes.set(ip, IP_SIZE * key);
  }
  const slots = name === "svc4" ? 4 : 2;
  const limit = name === "svc4" ? "svc4Buckets" : "svc6Buckets";
  const table = buildCuckoo({
    keys: services.length,
    slots,
    maxBuckets: limits[limit].max,
    hash: (key, seed) => {
      const port = portWord(services[key]!.port);
      const ip = IP_SIZE * key;
      if (name === "svc4") return hashSocket4(seed, ips.getUint32(ip + IPV4_AT, true), port);
      let h = seed;
      for (let at = 0; at < IP_SIZE; at += 4) h = hashAdd(h, ips.getUint32(ip + at, true));
      return hashAdd(h, port);
    },
  });
  if (!table) {
    withinLimit(limit, Math.max(Math.ceil(services.length / slots), limits[limit].max + 1), `table ${name}`, sink);
    return undefined;
  }
  const image = newImage(name, table.mask + 1, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  for (let slot = 0; slot < table.place.length; slot++) {
    const key = table.place[slot]!;
    if (key === -1) continue;
    const service = services[key]!;
    const { verdict, reason, target } = leaf(service.leaf);
    const rest = { port: service.port, verdict, reason, target, listener: service.listener };
    if (name === "svc4") Svc4Slot.write(view, slot * Svc4Slot.size, { ip: ips.getUint32(IP_SIZE * key + IPV4_AT), ...rest });
    else Svc6Slot.write(view, slot * Svc6Slot.size, { ip: bytes.subarray(IP_SIZE * key, IP_SIZE * (key + 1)), ...rest, pad0: 0 });
  }
  return { image, table };
}

function layoutSplits(lir: LirConnect, leaf: (value: LirLeaf) => Leaf, sink: DiagnosticSink): Image | undefined {
  const runs = lir.splits.map((split) => split.entries);
  const image = runsImage("split", runs, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  let at = 0;
  for (const run of runs) {
    const weights = run.map((entry) => entry.weight);
    const upto = cumulative(weights);
    for (const [i, { entry, leaf: value }] of run.entries()) {
      const { verdict, reason, target } = leaf(value);
      Split.write(view, at, { upto: upto[i]!, verdict, reason, count: run.length, target, entry });
      at += Split.size;
    }
  }
  return image;
}

function layoutRanges(lir: LirConnect, leaf: (value: LirLeaf) => Leaf, sink: DiagnosticSink): Image | undefined {
  const runs = lir.ranges.map((range) => range.intervals);
  const image = runsImage("range", runs, sink);
  if (!image) return undefined;
  const view = viewOf(image);
  let at = 0;
  for (const run of runs)
    for (const [i, interval] of run.entries()) {
      const { verdict, reason, target } = leaf(interval.leaf);
      const last = i === run.length - 1 ? new Uint8Array(16).fill(255) : rangeEnd(interval.last);
      Range.write(view, at, { last, verdict, reason, count: run.length, target });
      at += Range.size;
    }
  return image;
}

function rangeEnd(last: string | number): Uint8Array {
  const ip = new Uint8Array(16);
  if (typeof last === "string") ipInto(ip, last);
  else new DataView(ip.buffer).setUint16(14, last);
  return ip;
}

function runsImage(table: "split" | "range", runs: readonly (readonly unknown[])[], sink: DiagnosticSink): Image | undefined {
  const fits = runs.every((run, id) => withinLimit("runLength", run.length, `table ${table}, run ${id}`, sink));
  const image = newImage(
    table,
    runs.reduce((sum, run) => sum + run.length, 0),
    sink,
  );
  return fits ? image : undefined;
}

/** Where each run begins. */
function offsets(lengths: readonly number[]): readonly number[] {
  let at = 0;
  return lengths.map((length) => {
    const first = at;
    at += length;
    return first;
  });
}
