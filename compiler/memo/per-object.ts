import { createSlot } from "./slot.ts";

/**
 * `make`, once for each object: for data that never changes, and a `make` that knows nothing else. Results live as long as their object, so
 * of a mesh that changes only what is in it is held.
 */
export function perObject<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const slot = createSlot<K, V | typeof nothing>();
  return (key) => {
    const known = slot.get(key);
    if (known !== undefined) return known === nothing ? (undefined as V) : known;
    const value = make(key);
    slot.set(key, value === undefined ? nothing : value);
    return value;
  };
}

/** Was made, and is undefined. */
const nothing = Symbol("nothing");
