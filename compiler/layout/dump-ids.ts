import type { TableName } from "./tables.ts";

/**
 * Fields that hold an id, a place in the chain tree or the first record of a run: numbers that shift when something is put in before. The
 * words of a record name what they lead to.
 */
export const idFields: Readonly<Partial<Record<TableName, readonly string[]>>> = {
  svc4: ["target", "listener"],
  svc6: ["target", "listener"],
  cell: ["run"],
  split: ["target"],
  range: ["target"],
  listener: ["root", "defaultChain", "punt"],
  node: ["rest", "first4", "first6"],
  edge: ["next"],
  chain: ["value"],
  target: ["value", "header"],
  share: ["value", "entry"],
  http: ["routes", "punt", "via", "host10", "upgrades", "internal"],
  rtable: ["words", "firstSuffix", "firstPrefix", "rest", "vhostHeader", "firstInternal"],
  vhost: ["first", "punt"],
  route: ["pathValue", "first", "value", "punt"],
  match: ["name", "value"],
  word: ["space", "text", "value"],
  dfa: ["map", "first"],
};

/** Tables whose records have no name: other lines call them by their number. */
export const calledByNumber: ReadonlySet<TableName> = new Set<TableName>(["split", "range", "node", "dfa"]);
