import type { XdsKind, XdsResource } from "../../compiler/decode/index.ts";
import { compareText } from "../../compiler/diag/index.ts";
import { partitionPoint } from "../../compiler/memo/index.ts";

/** Decoded resources of one kind, by name and in the order of their names. */
export interface Held {
  get(name: string): XdsResource | undefined;
  /** @param resource undefined: it is gone */
  put(name: string, resource: XdsResource | undefined): void;
  /** Never changed: another list after a `put`. */
  sorted(): readonly XdsResource[];
}

export type HeldKinds = Readonly<Record<XdsKind, Held>>;

export function createHeldKinds(): HeldKinds {
  return { listener: createHeld(), route: createHeld(), cluster: createHeld(), endpoint: createHeld() };
}

/** By place: beside the sorted list, a large mesh would pay for a map of all names once more. */
function createHeld(): Held {
  let list: readonly XdsResource[] = [];
  /** Newer than the list. */
  let touched = new Map<string, XdsResource | undefined>();

  /** Few changes move what is behind them; many are sorted anew. */
  const update = (): readonly XdsResource[] => {
    if (touched.size > 64) {
      const come = [...touched.values()].filter((resource) => resource !== undefined);
      return list
        .filter(({ name }) => !touched.has(name))
        .concat(come)
        .sort((a, b) => compareText(a.name, b.name));
    }
    const next = list.slice();
    for (const [name, resource] of touched) {
      const at = placeOf(next, name);
      next.splice(at, next[at]?.name === name ? 1 : 0, ...(resource ? [resource] : []));
    }
    return next;
  };

  return {
    get(name) {
      if (touched.has(name)) return touched.get(name);
      const found = list[placeOf(list, name)];
      return found?.name === name ? found : undefined;
    },
    put: (name, resource) => void touched.set(name, resource),
    sorted() {
      if (touched.size > 0) list = update();
      touched = new Map();
      return list;
    },
  };
}

/** Of the first that is not before `name`. */
function placeOf(list: readonly XdsResource[], name: string): number {
  return partitionPoint(list.length, (at) => list[at]!.name < name);
}
