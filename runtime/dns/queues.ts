import { dnsLimits } from "./limits.ts";
import { createQueue, type Queue } from "./queue.ts";

/** A queue of lookups for each set of name servers: those that are silent hold up nobody who asks others. */
export interface Queues {
  /** The task must not reject. */
  add(set: string, task: () => Promise<void>): void;
  /** Other sets are not asked any more. */
  keep(sets: ReadonlySet<string>): void;
}

export function createQueues(): Queues {
  const queues = new Map<string, Queue>();
  return {
    add(set, task) {
      let queue = queues.get(set);
      if (!queue) {
        queue = createQueue(set === "" ? dnsLimits.lookups : dnsLimits.lookupsOfSet);
        queues.set(set, queue);
      }
      queue.add(task);
    },
    keep(sets) {
      for (const set of [...queues.keys()]) if (!sets.has(set)) queues.delete(set);
    },
  };
}
