import { type Input, keyOf } from "./types.ts";

/** Endpoints and answers that were stored as cells: the store and the kernel have them, the builder may not. */
export interface Unbuilt {
  add(input: Input): void;
  /** A build begins: what it must be told beside the changes that it is asked for. */
  begin(): readonly Input[];
  /** What was stored since the last build began: it is in no image yet. */
  late(): readonly Input[];
  isLate(key: string): boolean;
}

export function createUnbuilt(): Unbuilt {
  let untold = new Map<string, Input>();
  let late = new Map<string, Input>();
  return {
    add(input) {
      const key = keyOf(input.kind, input.name);
      untold.set(key, input);
      late.set(key, input);
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
