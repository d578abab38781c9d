import type { LirDfa } from "../lir/decide.ts";
import { createTargets } from "./decide-targets.ts";
import { NONE } from "./piece.ts";

/** Numbers of what a piece names, in the order of first use. */
export function createNames() {
  const targets = createTargets();
  const headers = createList<string>();
  const reasons = createList<string>();
  const dfas = createList<LirDfa>();
  return {
    target: targets.idOf,
    header: headers.idOf,
    dfa: dfas.idOf,
    reason: (code: string | undefined): number => (code === undefined ? NONE : reasons.idOf(code)),
    lists: { targets: targets.targets, headers: headers.list, dfas: dfas.list, reasons: reasons.list },
  };
}

/** The numbers alone. */
export type PieceNames = Omit<ReturnType<typeof createNames>, "lists">;

/** Values by first use; those of one key are one. */
export function createList<T>(keyOf: (value: T) => unknown = (value) => value): {
  readonly list: readonly T[];
  readonly idOf: (value: T) => number;
} {
  const list: T[] = [];
  const ids = new Map<unknown, number>();
  return {
    list,
    idOf: (value) => {
      const key = keyOf(value);
      let id = ids.get(key);
      if (id === undefined) {
        id = list.push(value) - 1;
        ids.set(key, id);
      }
      return id;
    },
  };
}
