import { InternalError } from "../diag/index.ts";
import type { LirAlike, LirCluster } from "../lir/connect.ts";
import { ipInto } from "../lir/ip.ts";
import { type Chunk, perObject } from "../memo/index.ts";
import { flags } from "./flags.ts";
import { Endpoint, Endpoint4 } from "./gen/records.ts";
import { sharedCopy } from "./image.ts";
import { CELLS_PER_VALUE } from "./tables.ts";
import { cumulative } from "./upto.ts";

/**
 * How a cluster's endpoints lie in the tables. `compact`: Endpoint4 in table cell, equal shares. Others are Endpoint records in table
 * endpoint: with equal shares (`uniform`), or with the share of each (`weighted`).
 */
export type RunForm = "compact" | "uniform" | "weighted";

/** Bytes of a run's record. */
export const runRecordSize: Readonly<Record<RunForm, number>> = {
  compact: Endpoint4.size,
  uniform: Endpoint.size,
  weighted: Endpoint.size,
};

/** Tables that runs lie in; they change together. */
export const runTables = ["cell", "endpoint"] as const;
export type RunTable = (typeof runTables)[number];

export function runTable(form: RunForm): RunTable {
  return form === "compact" ? "cell" : "endpoint";
}

const formBits: Readonly<Record<RunForm, number>> = { compact: flags.KM_CELL_COMPACT, uniform: flags.KM_CELL_UNIFORM, weighted: 0 };

/** A cell's word. `tag` changes with each store of a cell, so that a reader of two words can tell them apart. */
export function cellWord(first: number, count: number, form: RunForm, tag = 0): bigint {
  return (BigInt(first) << 32n) | BigInt((count << 16) >>> 0) | BigInt(formBits[form] | (tag & CELL_TAG));
}

/** A cell's word, taken apart. */
export interface CellParts {
  /** First record of the run, in the table that its form says. */
  readonly first: number;
  /** Records. */
  readonly count: number;
  readonly form: RunForm;
  readonly tag: number;
}

export function cellParts(run: bigint): CellParts {
  const low = Number(run & 0xffff_ffffn);
  const form = low & flags.KM_CELL_COMPACT ? "compact" : low & flags.KM_CELL_UNIFORM ? "uniform" : "weighted";
  return { first: Number(run >> 32n), count: low >>> 16, form, tag: low & CELL_TAG };
}

/** Where cells are in table cell: cluster id's is record id << shift. Beside each there is room for a compact run that is shorter than that. */
export interface Cells {
  readonly clusters: number;
  readonly shift: number;
}

/** With it a cell has a value of the array to itself. */
export const MAX_CELL_SHIFT = Math.log2(CELLS_PER_VALUE);

/** The cells of a generation. */
export function cellsIn(header: { readonly clusters: number; readonly cellShift: number }): Cells {
  return { clusters: header.clusters, shift: header.cellShift };
}

/** Whether the layout puts a run behind its own cell. */
export function isBesideCell({ shift }: Cells, form: RunForm, count: number): boolean {
  return form === "compact" && count > 0 && count < 2 ** shift;
}

/** Bits of a cell's tag. */
export const CELL_TAG = 0x3fff;

/** A cluster's endpoints, as the tables hold them, wherever they lie. */
export interface Run {
  readonly run: Uint8Array;
  readonly form: RunForm;
}

/** Also what an update of one cluster writes. A cluster without endpoints has a compact run of no records. */
export function layoutRun(cluster: LirCluster): Run {
  const measured = measureRun(cluster);
  const { form, count } = measured;
  const run = new Uint8Array(count * runRecordSize[form]);
  writeRun(cluster, measured, new DataView(run.buffer));
  return { run, form };
}

/** Records of a run. */
export function runLength({ run, form }: Run): number {
  return run.length / runRecordSize[form];
}

interface RunSize {
  readonly form: RunForm;
  /** Records. */
  readonly count: number;
  readonly even: LirCluster["even"];
}

function measureRun(cluster: LirCluster): RunSize {
  const { even } = cluster;
  if (even) return { even, form: "compact", count: even.reduce((sum, { ips }) => sum + ips.length, 0) };
  const { shares, noEndpointWeight } = cluster;
  // Without endpoints all draws end alike: no record. Else those that find none have a record of their own.
  const dry = shares.length > 0 && noEndpointWeight > 0;
  const count = shares.length + (dry ? 1 : 0);
  const weight = shares[0]?.weight;
  if (shares.some((share) => share.weight !== weight) || (dry && noEndpointWeight !== weight)) return { even, form: "weighted", count };
  const four = shares.every(({ endpoint: { address } }) => address.kind === "ip" && !address.ip.includes(":"));
  return { even, form: four && !dry ? "compact" : "uniform", count };
}

function writeRun(cluster: LirCluster, { even, form }: RunSize, view: DataView): void {
  if (even) writeEven(even, view);
  else if (form === "compact") writeCompact(cluster, view);
  else writeWide(cluster, view);
}

function writeEven(lists: readonly LirAlike[], view: DataView): void {
  let at = 0;
  for (const { ips, port } of lists)
    for (const ip of ips) {
      Endpoint4.write(view, at, { ip: ip >>> 0, port, pad0: 0 });
      at += Endpoint4.size;
    }
}

function writeCompact({ name, shares }: LirCluster, view: DataView): void {
  const ip = new Uint8Array(16);
  const four = new DataView(ip.buffer, 12);
  for (const [i, { endpoint }] of shares.entries()) {
    const { address } = endpoint;
    if (address.kind !== "ip" || !ipInto(ip, address.ip)) throw new InternalError(`cluster ${name}: an endpoint without IPv4 address`);
    Endpoint4.write(view, i * Endpoint4.size, { ip: four.getUint32(0), port: address.port, pad0: 0 });
  }
}

/** Endpoints, then the share of picks that find no endpoint. */
function writeWide({ name, shares, noEndpointWeight }: LirCluster, view: DataView): void {
  const weights = shares.map((share) => share.weight);
  const upto = cumulative(noEndpointWeight > 0 ? [...weights, noEndpointWeight] : weights);
  const ip = new Uint8Array(16);
  for (let i = 0; i < upto.length; i++) {
    const share = shares[i];
    if (!share) {
      Endpoint.write(view, i * Endpoint.size, { ip: ip.fill(0), port: 0, flags: flags.KM_EP_NONE, upto: upto[i]! });
      continue;
    }
    const address = share.endpoint.address;
    if (address.kind !== "ip") throw new InternalError(`cluster ${name}: an endpoint without IP address`);
    const v4 = ipInto(ip, address.ip);
    Endpoint.write(view, i * Endpoint.size, { ip, port: address.port, flags: v4 ? flags.KM_EP_IPV4 : 0, upto: upto[i]! });
  }
}

/** Runs of some clusters side by side. Places count from where the first of them lies. */
export interface RunBlock {
  /** By cluster: the halves of its cell's word, and which table its run is in. */
  readonly low: Uint32Array;
  readonly firsts: Uint32Array;
  readonly tables: readonly RunTable[];
  readonly bytes: Readonly<Record<RunTable, Uint8Array>>;
  readonly most: number;
}

/** The records of a cluster do not depend on where they lie. */
export const blockOf = perObject(({ items }: Chunk<LirCluster>): RunBlock => {
  // Its shares are worked out for one cluster after the other: each is measured and written in one go.
  const bytes = { cell: createGrowing(), endpoint: createGrowing() };
  const low = new Uint32Array(items.length);
  const firsts = new Uint32Array(items.length);
  const tables: RunTable[] = [];
  let most = 0;
  for (const [at, cluster] of items.entries()) {
    const measured = measureRun(cluster);
    const { form, count } = measured;
    const table = runTable(form);
    const size = runRecordSize[form];
    low[at] = Number(cellWord(0, count, form));
    firsts[at] = bytes[table].length() / size;
    tables.push(table);
    most = Math.max(most, count);
    writeRun(cluster, measured, bytes[table].append(count * size));
  }
  return { low, firsts, tables, bytes: { cell: bytes.cell.done(), endpoint: bytes.endpoint.done() }, most };
});

/** Bytes of unknown number: an ArrayBuffer for each run takes longer than to write it. */
function createGrowing() {
  let all = new Uint8Array(0);
  let length = 0;
  return {
    length: () => length,
    /** Zeroed room for so many bytes, to be written before the next call. */
    append: (size: number): DataView => {
      const first = length;
      length += size;
      if (length > all.length) {
        const grown = new Uint8Array(2 * length);
        grown.set(all);
        all = grown;
      }
      return new DataView(all.buffer, first, size);
    },
    done: () => sharedCopy(all.subarray(0, length)),
  };
}
