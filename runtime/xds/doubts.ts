import { createTries } from "./tries.ts";

/**
 * In state of the world a change of names that crosses a response is ignored (its nonce is stale). Where a name is given up and asked for again in
 * that time, the control plane has never seen it given up, thinks that its answer is still held, and does not answer again. Such names are in doubt
 * until they are answered: giving them up and asking anew, in two requests, makes it answer.
 */
export interface Doubts {
  /** Names that a request asks for, and gives up. */
  change(added: readonly string[], removed: readonly string[]): void;
  settle(name: string): void;
  /** Names in doubt that are worth another try; counts it. */
  take(): readonly string[];
  all(): readonly string[];
  size(): number;
  clear(): void;
}

/** Names given up that are remembered; the oldest are forgotten. */
const maxGivenUp = 100_000;

export function createDoubts(): Doubts {
  const givenUp = new Set<string>();
  const tries = createTries();
  return {
    change(added, removed) {
      for (const name of removed) {
        tries.delete(name);
        givenUp.add(name);
        if (givenUp.size > maxGivenUp) givenUp.delete(givenUp.values().next().value!);
      }
      for (const name of added) if (givenUp.delete(name)) tries.add(name);
    },
    settle: tries.delete,
    take: tries.take,
    all: tries.all,
    size: tries.size,
    clear() {
      givenUp.clear();
      tries.clear();
    },
  };
}
