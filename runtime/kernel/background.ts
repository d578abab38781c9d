import { readdirSync } from "node:fs";
import { library } from "./library.ts";

const SCHED_BATCH = 3;

/**
 * Lets the other threads that there are (at the start of a process those of Node.js: V8's compilers and collectors) wait for their turn, instead
 * of interrupting this one when they wake up. They get as much of a busy CPU as before. sched(7), SCHED_BATCH; a process needs no right for it,
 * and where the kernel refuses all stays as it is.
 */
export function keepOthersInBackground(): void {
  const { setScheduler } = library();
  const others = readdirSync("/proc/self/task")
    .map(Number)
    .filter((thread) => thread !== process.pid);
  for (const thread of others) setScheduler(thread, SCHED_BATCH, new Uint8Array(4));
}
