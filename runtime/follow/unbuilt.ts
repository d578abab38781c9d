import { type Change, keyOf } from "./types.ts";

/** Endpoints that were stored as cells: the store and the kernel have them, the builder may not. */
export interface Unbuilt {
  add(change: Change): void;
  /** A build begins: what it must be told beside the changes that it is asked for. */
  begin(): readonly Change[];
  /** What was stored since the last build began: it is in no image yet. */
  late(): readonly Change[];
  isLate(key: string): boolean;
}

export function createUnbuilt(): Unbuilt {
  let untold = new Map<string, Change>();
  let late = new Map<string, Change>();
  return {
    add(change) {
      const key = keyOf(change.kind, change.name);
      untold.set(key, change);
      late.set(key, change);
    },
    begin() {
      const known = [...untold.values()];
      untold = new Map();
      late = new Map();
      return known;
    },
    late: () => [...late.values()],
    isLate: (key) => late.has(key),
  };
}
