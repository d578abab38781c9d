/** Names that are asked for again, each a few times: a control plane that answers without them must not be asked in a loop. */
export interface Tries {
  /** From its first try on. */
  add(name: string): void;
  delete(name: string): void;
  /** Those that are worth another try; counts it. */
  take(): readonly string[];
  all(): readonly string[];
  size(): number;
  clear(): void;
}

const maxTries = 3;

export function createTries(): Tries {
  const tries = new Map<string, number>();
  return {
    add: (name) => void tries.set(name, 0),
    delete: (name) => void tries.delete(name),
    take() {
      const names = [...tries].filter(([, count]) => count < maxTries).map(([name]) => name);
      for (const name of names) tries.set(name, tries.get(name)! + 1);
      return names;
    },
    all: () => [...tries.keys()],
    size: () => tries.size,
    clear: () => tries.clear(),
  };
}
