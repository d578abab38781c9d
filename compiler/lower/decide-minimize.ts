import { InternalError } from "../diag/index.ts";
import type { LirDfa } from "../lir/decide.ts";

/** An automaton as it is built: row i is state i + 1, state 0 is dead; the last column says whether the text may end there. */
export interface RawDfa {
  readonly regex: string;
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly rows: readonly (readonly number[])[];
  readonly start: number;
}

/** The smallest automaton that takes the same texts (Moore's refinement). States are numbered as they are first reached. */
export function minimizeDfa(raw: RawDfa): LirDfa {
  const { rows, classes } = raw;
  const bytes = classes - 1;
  const rowOf = (state: number) => (state === 0 ? undefined : rows[state - 1]!);
  let group = new Uint32Array(rows.length + 1);
  for (let state = 1; state <= rows.length; state++) group[state] = rows[state - 1]![bytes]!;
  for (let count = 0; ; ) {
    const seen = new Map<string, number>();
    const next = new Uint32Array(group.length);
    for (let state = 0; state < group.length; state++) {
      const row = rowOf(state);
      let key = String(group[state]);
      for (let c = 0; c < bytes; c++) key += ` ${row ? group[row[c]!] : group[0]}`;
      let id = seen.get(key);
      if (id === undefined) {
        id = seen.size;
        seen.set(key, id);
      }
      next[state] = id;
    }
    group = next;
    if (seen.size === count) break;
    count = seen.size;
  }

  // Dead states are all in state 0's group.
  const ids = new Map<number, number>([[group[0]!, 0]]);
  const order: number[] = [0];
  const idOf = (state: number): number => {
    let id = ids.get(group[state]!);
    if (id === undefined) {
      id = order.length;
      ids.set(group[state]!, id);
      order.push(state);
    }
    return id;
  };
  const start = idOf(raw.start);
  const cells: number[] = Array<number>(classes).fill(0);
  for (let at = 1; at < order.length; at++) {
    const row = rowOf(order[at]!)!;
    for (let c = 0; c < bytes; c++) cells.push(idOf(row[c]!));
    cells.push(row[bytes]!);
  }
  if (order.length > 0xffff) throw new InternalError("an automaton of more than 65,535 states");
  return { regex: raw.regex, classOf: raw.classOf, classes, next: Uint16Array.from(cells), start };
}
