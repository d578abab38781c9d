import { formatSocket, ipText } from "../lir/ip.ts";
import { verdicts } from "../lir/verdict.ts";
import type { ConnectHeader } from "./connect.ts";
import { type Labels, leafWords } from "./dump-names.ts";
import { runIndex, type TableReader } from "./dump-tables.ts";
import { flags } from "./flags.ts";
import { Cell, type Endpoint, Endpoint4, type Range, type Split, type Svc4Slot, type Svc6Slot } from "./gen/records.ts";
import { cellParts } from "./runs.ts";

/** Lines of the connect tier's tables. */
export function connectWords(header: ConnectHeader, tables: TableReader, labels: Labels) {
  const isPort = portRecords(header, tables);
  const { clusters, cellShift } = header;
  const placeOf = (cluster: number): number => cluster * 2 ** cellShift;
  const all = tables.all("cell");
  const cells = Array.from({ length: clusters }, (_, id) => all[placeOf(id)]).filter((cell) => cell !== undefined);
  const clusterOf = (compact: boolean) => {
    const runs = cells.map(({ run }, of) => ({ ...cellParts(run), of }));
    const found = runIndex(runs.filter(({ form }) => (form === "compact") === compact));
    return (id: number): string => {
      const cluster = found(id);
      return cluster === undefined ? "unused" : labels.cluster(cluster);
    };
  };
  const ofCompact = clusterOf(true);
  const ofWide = clusterOf(false);
  return {
    svc4: (slot: Svc4Slot) => {
      return `${formatSocket(ip4Text(slot.ip), slot.port)} ${labels.listener(slot.listener)} -> ${leafWords(slot, labels)}`;
    },
    svc6: (slot: Svc6Slot) => `${formatSocket(ipText(slot.ip), slot.port)} ${labels.listener(slot.listener)} -> ${leafWords(slot, labels)}`,
    cell: (record: Cell, id: number) => {
      const cluster = Math.trunc(id / placeOf(1));
      if (cluster >= clusters || id !== placeOf(cluster)) {
        const { ip, port } = asEndpoint4(record);
        return `${ofCompact(id)} ${formatSocket(ip4Text(ip), port)}`;
      }
      const { count, form } = cellParts(record.run);
      return `${labels.cluster(cluster)} endpoints=${count} ${form}`;
    },
    endpoint: (one: Endpoint, id: number) => {
      const whose = ofWide(id);
      if (one.flags & flags.KM_EP_NONE) return `${whose} no endpoint upto=${one.upto}`;
      const ip = one.flags & flags.KM_EP_IPV4 ? one.ip.subarray(12).join(".") : ipText(one.ip);
      return `${whose} ${formatSocket(ip, one.port)} upto=${one.upto}`;
    },
    split: (one: Split) => `clusters[${one.entry}] of=${one.count} upto=${one.upto} -> ${leafWords(one, labels)}`,
    range: (one: Range, id: number) => {
      const last = isPort(id) ? `port ${(one.last[14]! << 8) | one.last[15]!}` : ipText(one.last);
      return `of=${one.count} up to ${last} -> ${leafWords(one, labels)}`;
    },
  };
}

/** Whether a record of table cell is room that is left beside a cell. */
export function isRoom({ clusters, cellShift }: ConnectHeader, id: number, bytes: Uint8Array): boolean {
  const isCell = id % 2 ** cellShift === 0 && id < clusters * 2 ** cellShift;
  return !isCell && bytes.every((byte) => byte === 0);
}

function ip4Text(ip: number): string {
  return [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255).join(".");
}

function asEndpoint4(record: Cell): Endpoint4 {
  const view = new DataView(new ArrayBuffer(Cell.size));
  Cell.write(view, 0, record);
  return Endpoint4.read(view, 0);
}

/** Records of table range that are searched by port: only a virtual leaf leads to them. */
function portRecords({ virtual4, virtual6 }: ConnectHeader, tables: TableReader): (id: number) => boolean {
  const runs = [virtual4, virtual6].flatMap(({ verdict, target }) => {
    const first = verdict === verdicts.PORTS ? tables.at("range", target) : undefined;
    return first ? [{ first: target, count: first.count, of: true }] : [];
  });
  const found = runIndex(runs);
  return (id) => found(id) === true;
}
