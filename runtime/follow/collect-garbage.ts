import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** From so many changes on it is worth the pause: in a thread's first build, which leaves the most behind, and in later ones. */
const MANY_CHANGES = { first: 100, later: 1000 };

/**
 * To be told of each build's changes when it is over: collects this thread's garbage behind large ones. Whether it does.
 *
 * @param before what makes more of it, and never rejects
 */
export function createCollector(before: () => Promise<void> = () => Promise.resolve()): (changes: number) => boolean {
  let many = MANY_CHANGES.first;
  return (changes) => {
    const isLarge = changes >= many;
    if (isLarge) void before().then(collectGarbage);
    many = MANY_CHANGES.later;
    return isLarge;
  };
}

/**
 * Collects this thread's garbage in one of its next turns, all of it, and gives back the room that it took: as where memory is short
 * (V8's LowMemoryNotification). The engine collects when it needs room: a thread that has compiled a large mesh and then rests for hours would
 * hold what it needed on the way. A `gc()` alone leaves the young generation at its largest, 32 MiB a thread, and collects less.
 */
export function collectGarbage(): void {
  const session = new Session();
  session.connect();
  session.post("HeapProfiler.collectGarbage", () =>
    setImmediate(() => {
      // A session that ends within its own answer waits for itself.
      session.disconnect();
      collectOnce();
    }),
  );
}

/**
 * Collects this thread's garbage now. Behind a collection that saves memory the engine lets the heap grow by little: it then collected all
 * of it 36 times in one run of bench-churn at 10,000 services, and 6 times with an ordinary one behind the other.
 */
export function collectOnce(): void {
  // A context that is made under the flag has the function. The flag is the process's: it stays, as another thread may be about to ask.
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
}
