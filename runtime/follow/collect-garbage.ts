import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** From so many changes in one build on it is worth the pause. */
export const MANY_CHANGES = 1000;

/**
 * Collects this thread's garbage now, all of it. The engine collects when it needs room: a thread that has compiled a large mesh and then
 * rests for hours would hold what it needed on the way. Costs about a millisecond for each MiB that is in use. To compact as well would take
 * more memory while it lasts than it gives back (make bench-start).
 */
export function collectGarbage(): void {
  // A context that is made under the flag has the function; the process is left as it was.
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  setFlagsFromString("--no-expose-gc");
}
