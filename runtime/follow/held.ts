import type { XdsKind, XdsResource } from "../../compiler/decode/index.ts";
import { compareText } from "../../compiler/diag/index.ts";

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

function createHeld(): Held {
  const byName = new Map<string, XdsResource>();
  let list: readonly XdsResource[] = [];
  /** Names that the list may be wrong about. */
  const touched = new Set<string>();

  /** Few changes move what is behind them; many are sorted anew. */
  const update = (): readonly XdsResource[] => {
    if (touched.size > 64) return [...byName.values()].sort((a, b) => compareText(a.name, b.name));
    const next = list.slice();
    for (const name of touched) {
      const at = placeOf(next, name);
      const resource = byName.get(name);
      next.splice(at, next[at]?.name === name ? 1 : 0, ...(resource ? [resource] : []));
    }
    return next;
  };

  return {
    get: (name) => byName.get(name),
    put(name, resource) {
      if (resource) byName.set(name, resource);
      else byName.delete(name);
      touched.add(name);
    },
    sorted() {
      if (touched.size > 0) list = update();
      touched.clear();
      return list;
    },
  };
}

/** Of the first that is not before `name`. */
function placeOf(list: readonly XdsResource[], name: string): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (list[middle]!.name < name) from = middle + 1;
    else to = middle;
  }
  return from;
}
