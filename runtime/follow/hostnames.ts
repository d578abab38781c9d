import type { Resolver } from "../dns/index.ts";
import type { Store } from "./store.ts";
import type { Answer, Built } from "./types.ts";

/** Host names of clusters: looked up for the generation that runs, and for the one that is about to. */
export interface Hostnames {
  /**
   * Begins to look up the names of a generation beside those of the one that runs. Resolves when those that are new have an answer or have
   * failed; they can't hold the generation up for long.
   */
  prepare(built: Names): Promise<void>;
  /** Answers for names of this generation that the store does not have. */
  fresh(built: Names): readonly Answer[];
  /** This generation runs now: other names are given up. What is to be forgotten of them. */
  run(built: Names): readonly Answer[];
}

type Names = Pick<Built, "hostnames">;

/** As long as Envoy's resolver waits for a server before it asks again. */
const WAIT_MS = 2000;

export function createHostnames(resolver: Resolver, store: Store): Hostnames {
  let running: Names = { hostnames: [] };
  const queriesOf = (...generations: readonly Names[]) =>
    generations.flatMap(({ hostnames }) => hostnames.flatMap(({ queries }) => queries));
  return {
    prepare(built) {
      resolver.watch(queriesOf(running, built));
      return resolver.settled(WAIT_MS);
    },
    fresh(built) {
      const keys = new Set(queriesOf(built).map(({ key }) => key));
      return [...keys].flatMap((name) => {
        const addresses = resolver.answer(name);
        return addresses && addresses !== store.answer(name) ? [{ kind: "answer" as const, name, addresses }] : [];
      });
    },
    run(built) {
      running = { hostnames: built.hostnames };
      const queries = queriesOf(built);
      resolver.watch(queries);
      const keys = new Set(queries.map(({ key }) => key));
      const forgotten = store.answered().filter((name) => !keys.has(name));
      return forgotten.map((name) => ({ kind: "answer", name, addresses: undefined }));
    },
  };
}
