/**
 * `make`, once for each object: for data that never changes, and a `make` that knows nothing else. Results live as long as their object, so
 * of a mesh that changes only what is in it is held.
 */
export function perObject<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    let entry = made.get(key);
    if (!entry) {
      entry = { value: make(key) };
      made.set(key, entry);
    }
    return entry.value;
  };
}
