import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

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
  collector()();
}

/** Collects what this thread has made since the last few collections, now: some 0.2 to 1 ms where little of it is still in use. */
export function collectYoung(): void {
  collector()({ type: "minor" });
}

type Collector = (options?: { readonly type: "minor" }) => void;

let engineCollector: Collector | undefined;

/**
 * V8's `gc`: a context that is made under the flag has it, and takes 0.14 MiB. The flag is the process's: it stays, as another thread may be
 * about to ask.
 */
function collector(): Collector {
  if (!engineCollector) {
    setFlagsFromString("--expose-gc");
    engineCollector = runInNewContext("gc") as Collector;
  }
  return engineCollector;
}
