import { Collector } from "../diag/index.ts";
import type { HirModel } from "../hir/index.ts";
import { compileTables } from "../tables.ts";

/** How each listener's connections are decided, from the lowered tables: by listener path. */
export function tiersOf(model: HirModel): (listenerPath: string) => string {
  const compiled = compileTables(model, new Collector());
  const kinds = new Map<string, Set<string>>();
  for (const { listener, leaf } of compiled?.lir.services ?? []) {
    const path = compiled?.names.listeners[listener]?.path ?? "";
    const seen = kinds.get(path) ?? new Set();
    kinds.set(path, seen.add(words[leaf.kind] ?? leaf.kind));
  }
  return (path) => [...(kinds.get(path) ?? ["virtual"])].sort().join(", ");
}

const words: Readonly<Record<string, string>> = { split: "direct, by weight", range: "direct, by destination", ports: "direct, by port" };
