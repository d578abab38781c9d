import { formatSocket, ipText } from "../lir/ip.ts";
import { verdicts } from "../lir/verdict.ts";
import type { ConnectHeader } from "./connect.ts";
import { type Labels, leafWords } from "./dump-names.ts";
import { runIndex, type TableReader } from "./dump-tables.ts";
import { flags } from "./flags.ts";
import type { Cell, Endpoint, Range, Split, Svc4Slot, Svc6Slot } from "./gen/records.ts";

/** Lines of the connect tier's tables. */
export function connectWords(header: ConnectHeader, tables: TableReader, labels: Labels) {
  const isPort = portRecords(header, tables);
  const clusterOf = runIndex(
    tables.all("cell").map(({ run }, of) => ({ first: Number(run >> 32n), count: Number(run >> 16n) & 0xffff, of })),
  );
  return {
    svc4: (slot: Svc4Slot) => {
      const ip = [24, 16, 8, 0].map((shift) => (slot.ip >>> shift) & 255).join(".");
      return `${formatSocket(ip, slot.port)} ${labels.listener(slot.listener)} -> ${leafWords(slot, labels)}`;
    },
    svc6: (slot: Svc6Slot) => `${formatSocket(ipText(slot.ip), slot.port)} ${labels.listener(slot.listener)} -> ${leafWords(slot, labels)}`,
    cell: ({ run }: Cell, id: number) => {
      const uniform = run & BigInt(flags.KM_CELL_UNIFORM) ? " uniform" : "";
      return `${labels.cluster(id)} endpoints=${(run >> 16n) & 0xffffn}${uniform}`;
    },
    endpoint: (one: Endpoint, id: number) => {
      const cluster = clusterOf(id);
      const whose = cluster === undefined ? "unused" : labels.cluster(cluster);
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

/** Records of table range that are searched by port: only a virtual leaf leads to them. */
function portRecords({ virtual4, virtual6 }: ConnectHeader, tables: TableReader): (id: number) => boolean {
  const runs = [virtual4, virtual6].flatMap(({ verdict, target }) => {
    const first = verdict === verdicts.PORTS ? tables.at("range", target) : undefined;
    return first ? [{ first: target, count: first.count, of: true }] : [];
  });
  const found = runIndex(runs);
  return (id) => found(id) === true;
}
