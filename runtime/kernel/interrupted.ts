import { constants } from "node:os";
import { KernelError } from "./error.ts";
import { library } from "./library.ts";

/** As libbpf, which gives up after five. Each is a whole verification. */
const ATTEMPTS = 5;

/** sigset_t of glibc. */
const SIGNAL_SET_SIZE = 128;
/** `how` of pthread_sigmask(3). */
const SIG_BLOCK = 0;
const SIG_SETMASK = 2;

/**
 * Runs `call` while no signal can reach this thread. The verifier gives up (EAGAIN) where a signal waits: a profiler that samples every
 * millisecond would never let it end.
 */
export function withoutSignals<T>(call: () => T): T {
  const { setSignalMask } = library();
  const before = Buffer.alloc(SIGNAL_SET_SIZE);
  setSignalMask(SIG_BLOCK, Buffer.alloc(SIGNAL_SET_SIZE, 0xff), before);
  try {
    return call();
  } finally {
    setSignalMask(SIG_SETMASK, before, null);
  }
}

/** Makes the attempt again where it was interrupted all the same: the kernel counts more as signals than can be blocked. */
export function unlessInterrupted<T>(attempt: () => T): T {
  for (let made = 1; ; made++) {
    try {
      return attempt();
    } catch (error) {
      const interrupted = error instanceof KernelError && error.errno === constants.errno.EAGAIN;
      if (!interrupted || made === ATTEMPTS) throw error;
    }
  }
}
