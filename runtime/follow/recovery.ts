import type { Diagnostic } from "../../compiler/diag/index.ts";
import type { Logger } from "../log/index.ts";
import type { XdsClock } from "../xds/clock.ts";
import type { Numbers } from "./numbers.ts";

/** Whether the kernel lacks what was accepted, why, and when that is tried again. */
export interface Recovery {
  /** Something was accepted that the kernel does not have. */
  behind(): boolean;
  /** The last failure, until `recovered`. */
  problem(): Diagnostic | undefined;
  /**
   * @param lost something that is accepted did not reach the kernel: it is tried again after a while
   * @param fields for the log
   */
  failed(message: string, problem: Diagnostic | undefined, lost: boolean, fields?: Readonly<Record<string, unknown>>): void;
  /** The kernel has everything that is accepted. */
  recovered(): void;
  /** A generation is built now: no need to wait for the next try. */
  trying(): void;
  /** Nothing is tried again from now on. */
  close(): void;
}

export interface RecoveryOptions {
  readonly clock: Pick<XdsClock, "timer">;
  readonly log: Logger;
  readonly numbers: Numbers;
  readonly retry: () => void;
}

const RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

/** Tries again after a second, and after twice the time whenever that failed too. */
export function createRecovery({ clock, log, numbers, retry }: RecoveryOptions): Recovery {
  let behind = false;
  let problem: Diagnostic | undefined;
  let failuresInARow = 0;
  let timer: (() => void) | undefined;
  let closed = false;
  return {
    behind: () => behind,
    problem: () => problem,
    failed(message, diagnostic, lost, fields = {}) {
      behind ||= lost;
      problem = diagnostic;
      numbers.failures++;
      log.error(message, { problem, behind, ...fields });
      if (!behind || timer || closed) return;
      timer = clock.timer(Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** failuresInARow), () => {
        timer = undefined;
        retry();
      });
      failuresInARow++;
    },
    recovered() {
      behind = false;
      problem = undefined;
      failuresInARow = 0;
    },
    trying() {
      timer?.();
      timer = undefined;
    },
    close() {
      closed = true;
      timer?.();
    },
  };
}
