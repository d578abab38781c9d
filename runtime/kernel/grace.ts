import { arch } from "node:os";
import { callError, KernelError } from "./error.ts";
import { lastErrno, library } from "./library.ts";

/** membarrier(2) has no wrapper in libc. */
const MEMBARRIER: Readonly<Record<string, number>> = { x64: 324, arm64: 283 };
/** MEMBARRIER_CMD_GLOBAL is synchronize_rcu(): programs run inside an RCU read-side section, so none that began before is left. */
const CMD_QUERY = 0;
const CMD_GLOBAL = 1;

/** In another thread: takes 8 ms at HZ=250, up to 115 ms beside a long test run. */
export function gracePeriod(): Promise<void> {
  const number = MEMBARRIER[arch()];
  if (number === undefined) return Promise.reject(noBarrier(`no system call number for ${arch()}`));
  const { syscall } = library();
  const offered = syscall(number, CMD_QUERY, 0, 0);
  if (offered < 0) return Promise.reject(callError("membarrier", "MEMBARRIER_CMD_QUERY", lastErrno()));
  if ((offered & CMD_GLOBAL) === 0) return Promise.reject(noBarrier("the kernel does not offer MEMBARRIER_CMD_GLOBAL"));
  return new Promise((resolve, reject) => {
    syscall.async(number, CMD_GLOBAL, 0, 0, (error, result) => {
      if (error) reject(error);
      // EINVAL on kernels with nohz_full CPUs: there the command is not offered either, but only the call itself says so.
      else if (result !== 0) reject(noBarrier("MEMBARRIER_CMD_GLOBAL failed (nohz_full?)"));
      else resolve();
    });
  });
}

function noBarrier(why: string): KernelError {
  return new KernelError("feature", `membarrier: ${why}`, 0, "CONFIG_MEMBARRIER is needed, on a machine without nohz_full CPUs");
}
