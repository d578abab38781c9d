import { reasons, verdicts } from "../lir/verdict.ts";
import { type ConnectHeader, isPortKnown } from "./connect.ts";
import { flags } from "./flags.ts";
import { Cell, Endpoint, type Leaf, Range, recordTypes, Split, Svc4Slot, Svc6Slot } from "./gen/records.ts";
import { type Limit, limits } from "./limits.ts";
import { cellParts, cellsIn, isBesideCell } from "./runs.ts";
import { tables } from "./tables.ts";

/** A lookup goes down these steps only. */
const rank = new Map<number, number>([
  [verdicts.PORTS, 0],
  [verdicts.RANGE, 1],
  [verdicts.SPLIT, 2],
]);

/**
 * Tables from a file: whether every record of the connect tier points inside. Undefined when they do, else the first fault in words. Sizes
 * are a multiple of the record size already.
 */
export function checkImages(header: ConnectHeader, images: ReadonlyMap<string, Uint8Array>): string | undefined {
  const bytes = (name: string) => images.get(name) ?? new Uint8Array(0);
  const view = (name: string) => new DataView(bytes(name).buffer, bytes(name).byteOffset, bytes(name).byteLength);
  const records = bytes("cell").length / Cell.size;
  const ofCells = cellsIn(header);
  const behind = header.clusters * 2 ** header.cellShift;
  if (behind > records) return `table cell has ${records} records, not ${header.clusters} clusters`;
  const count = {
    cell: header.clusters,
    split: bytes("split").length / Split.size,
    range: bytes("range").length / Range.size,
  };
  for (const { name, record, limit } of tables) {
    const max = (limits[limit] as Limit).max;
    const records = bytes(name).length / recordTypes[record].size;
    if (records > max) return `table ${name} has ${records} records, at most ${max}`;
  }
  const badLeaf = (leaf: Pick<Leaf, "verdict" | "reason" | "target">, above: number): boolean => {
    if (leaf.reason > maxReason || leaf.verdict > verdicts.PORTS) return true;
    if ((rank.get(leaf.verdict) ?? 3) <= above) return true;
    if (leaf.verdict === verdicts.DIRECT) return leaf.target >= count.cell;
    if (leaf.verdict === verdicts.SPLIT) return leaf.target >= count.split;
    if (leaf.verdict === verdicts.RANGE || leaf.verdict === verdicts.PORTS) return leaf.target >= count.range;
    return false;
  };

  for (const [name, mask, slot, perBucket] of [
    ["svc4", header.svc4Mask, Svc4Slot, 4],
    ["svc6", header.svc6Mask, Svc6Slot, 2],
  ] as const) {
    const buckets = view(name);
    const slots = bytes(name).length / slot.size;
    if (slots !== (mask + 1) * perBucket || ((mask + 1) & mask) !== 0) return `table ${name} is not ${mask + 1} buckets`;
    for (let i = 0; i < slots; i++) {
      const record = slot.read(buckets, i * slot.size);
      if (badLeaf(record, -1)) return `table ${name}, slot ${i} points nowhere`;
      if (record.verdict !== verdicts.NONE && !isPortKnown(header, record.port))
        return `table ${name}, slot ${i} has a port that the header lacks`;
    }
  }
  if (badLeaf(header.virtual4, -1) || badLeaf(header.virtual6, -1)) return "a virtual verdict points nowhere";

  const cells = view("cell");
  const endpoints = bytes("endpoint").length / Endpoint.size;
  for (let id = 0; id < count.cell; id++) {
    const { first, count: length, form } = cellParts(Cell.read(cells, id * 2 ** header.cellShift * Cell.size).run);
    const beside = id * 2 ** header.cellShift + 1;
    if (isBesideCell(ofCells, form, length) && first === beside) continue;
    const [from, to] = form === "compact" ? [behind, records] : [0, endpoints];
    if (length > 0 && (first < from || first + length > to)) return `cell ${id} names endpoints that are not there`;
  }
  const endpointView = view("endpoint");
  const known = flags.KM_EP_IPV4 | flags.KM_EP_NONE;
  for (let i = 0; i < endpoints; i++)
    if (Endpoint.read(endpointView, i * Endpoint.size).flags & ~known) return `endpoint ${i} has flags that are not known`;
  const splits = view("split");
  const ranges = view("range");
  return (
    badRuns(
      "split",
      count.split,
      (i) => Split.read(splits, i * Split.size),
      (leaf) => badLeaf(leaf, 2),
    ) ??
    badRuns(
      "range",
      count.range,
      (i) => Range.read(ranges, i * Range.size),
      (leaf) => badLeaf(leaf, 0),
    )
  );
}

const maxReason = Math.max(...Object.values(reasons));

function badRuns(
  table: string,
  count: number,
  read: (i: number) => Pick<Leaf, "verdict" | "reason" | "target"> & { readonly count: number },
  bad: (leaf: Pick<Leaf, "verdict" | "reason" | "target">) => boolean,
): string | undefined {
  for (let first = 0; first < count; ) {
    const length = read(first).count;
    if (length === 0 || first + length > count) return `table ${table}: a run of ${length} records at ${first}`;
    for (let i = first; i < first + length; i++) {
      const record = read(i);
      if (record.count !== length || bad(record)) return `table ${table}, record ${i} points nowhere`;
    }
    first += length;
  }
  return undefined;
}
