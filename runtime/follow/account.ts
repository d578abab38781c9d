import type { ApplyReport } from "../apply/index.ts";
import type { Logger } from "../log/index.ts";
import { type Numbers, took } from "./numbers.ts";
import type { Store } from "./store.ts";
import type { Rejection } from "./types.ts";

/** Puts what happened into the numbers and the log. */
export interface Account {
  applied(report: ApplyReport): void;
  rejected(rejections: readonly Rejection[]): void;
}

/** @param store what is accepted: what it lacks never had a good version */
export function createAccount(numbers: Numbers, log: Logger, store: Pick<Store, "get">): Account {
  return {
    applied({ kind, timing, leftovers }) {
      const { plan, load, publish, attach } = timing;
      took(numbers.applied[kind], plan + load + publish + attach);
      for (const leftover of leftovers) log.warn("not tidied up", { leftover });
    },
    rejected(rejections) {
      for (const { kind, name, diagnostics } of rejections) {
        numbers.rejected[kind]++;
        const message = store.get(kind, name) ? "rejected; the last good version stays" : "rejected; there is no good version of it yet";
        log.warn(message, { kind, name, diagnostics });
      }
    },
  };
}
