import type { ApplyReport } from "../apply/index.ts";
import { createNews, type Logger } from "../log/index.ts";
import type { XdsClock } from "../xds/clock.ts";
import { type Numbers, took } from "./numbers.ts";
import type { Store } from "./store.ts";
import { type Change, keyOf, type Rejection } from "./types.ts";

/** Puts what happened into the numbers and the log. */
export interface Account {
  applied(report: ApplyReport): void;
  /** The same of one resource is logged once in ten minutes: state of the world sends it with every change of another. */
  rejected(rejections: readonly Rejection[]): void;
  /** A version was taken, or the name has gone: the next rejection is news. */
  accepted(change: Change): void;
}

/** @param store what is accepted: what it lacks never had a good version */
export function createAccount(numbers: Numbers, log: Logger, store: Pick<Store, "get">, clock: Pick<XdsClock, "now">): Account {
  const news = createNews(() => clock.now());
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
        const isNews = news.isNews(keyOf(kind, name), message + JSON.stringify(diagnostics));
        if (isNews) log.warn(message, { kind, name, diagnostics });
      }
    },
    accepted({ kind, name }) {
      news.forget(keyOf(kind, name));
    },
  };
}
