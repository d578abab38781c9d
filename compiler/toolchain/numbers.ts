const numbers = { shipped: 0, memory: 0, disk: 0, compiled: 0 };

/** Where objects came from, over the life of this thread: out of the package, the cache in memory, that on disk, or clang. */
export type ObjectNumbers = Readonly<typeof numbers>;

export function objectNumbers(): ObjectNumbers {
  return { ...numbers };
}

export function countObject(from: keyof ObjectNumbers): void {
  numbers[from]++;
}
