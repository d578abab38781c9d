import type { ApplyReport } from "../apply/index.ts";
import type { Logger } from "../log/index.ts";
import { type Numbers, took } from "./numbers.ts";
import type { Rejection } from "./types.ts";

/** Puts what happened into the numbers and the log. */
export interface Account {
  applied(report: ApplyReport): void;
  rejected(rejections: readonly Rejection[]): void;
}

export function createAccount(numbers: Numbers, log: Logger): Account {
  return {
    applied({ kind, timing, leftovers }) {
      const { plan, load, publish, attach } = timing;
      took(numbers.applied[kind], plan + load + publish + attach);
      for (const leftover of leftovers) log.warn("not tidied up", { leftover });
    },
    rejected(rejections) {
      for (const { kind, name, diagnostics } of rejections) {
        numbers.rejected[kind]++;
        log.warn("rejected; the last good version stays", { kind, name, diagnostics });
      }
    },
  };
}
