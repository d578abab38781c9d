import { type Labels, maybe } from "./dump-names.ts";
import { runIndex, type TableReader } from "./dump-tables.ts";
import { flags } from "./flags.ts";
import type { Share, Target } from "./gen/records.ts";
import { NONE } from "./piece.ts";

/** Lines of targets and weighted entries, and the words of a target for lines that lead to it. */
export function targetWords(tables: TableReader, labels: Labels) {
  const runOf = runIndex(
    tables.all("target").flatMap(({ kind, value, count }, of) => (kind === flags.KM_G_WEIGHTED ? [{ first: value, count, of }] : [])),
  );
  const owners = targetOwners(tables, labels);
  const cluster = (kind: number, value: number) => {
    if (kind === flags.KM_G_HEADER) return `cluster of header ${labels.header(value)}`;
    return value === NONE ? "missing cluster" : `cluster ${labels.cluster(value)}`;
  };
  const target = ({ kind, value, count, total, header }: Target) =>
    kind === flags.KM_G_WEIGHTED
      ? `weighted ${count} of ${total}${maybe(header, (id) => `by header ${labels.header(id)}`)}`
      : cluster(kind, value);
  return {
    targetAt: (id: number) => {
      const found = tables.at("target", id);
      return found ? target(found) : "?";
    },
    lines: {
      // A weighted target is one rule's own.
      target: (one: Target, id: number) =>
        one.kind === flags.KM_G_WEIGHTED ? `${owners.get(id) ?? "unused"} ${target(one)}` : target(one),
      share: ({ upto, kind, value, entry }: Share, id: number) => {
        const path = labels.names.entries[entry] ?? "";
        const owner = owners.get(runOf(id) ?? NONE) ?? "unused";
        return `${owner} ${/clusters\[\d+\]$/.exec(path)?.[0] ?? "?"} upto=${upto} -> ${cluster(kind, value)}`;
      },
    },
  };
}

/** What leads to a target, by target id. */
function targetOwners(tables: TableReader, labels: Labels): ReadonlyMap<number, string> {
  const owners = new Map<number, string>();
  for (const [id, { kind, value }] of tables.all("chain").entries()) if (kind === flags.KM_C_TCP) owners.set(value, labels.chain(id));
  for (const [id, { action, value }] of tables.all("route").entries())
    if (action === flags.KM_A_FORWARD) owners.set(value, labels.route(id));
  return owners;
}
