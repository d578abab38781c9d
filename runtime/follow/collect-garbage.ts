import { Session } from "node:inspector";

/** From so many changes in one build on it is worth the pause. */
export const MANY_CHANGES = 1000;

/**
 * Collects this thread's garbage in one of its next turns, all of it, and gives back the room that it took: as where memory is short
 * (V8's LowMemoryNotification). The engine collects when it needs room: a thread that has compiled a large mesh and then rests for hours would
 * hold what it needed on the way. No global `gc()`, which leaves the young generation at its largest, 32 MiB a thread, and collects less.
 */
export function collectGarbage(): void {
  const session = new Session();
  session.connect();
  // A session that ends within its own answer waits for itself.
  session.post("HeapProfiler.collectGarbage", () => setImmediate(() => session.disconnect()));
}
