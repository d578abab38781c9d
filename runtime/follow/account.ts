import { createHash } from "node:crypto";
import type { ApplyReport } from "../apply/index.ts";
import type { Logger } from "../log/index.ts";
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

const QUIET_MS = 600_000;
/** How many resources' last rejections are remembered: a hostile control plane has as many as it likes. */
const KEPT = 1024;

/** @param store what is accepted: what it lacks never had a good version */
export function createAccount(numbers: Numbers, log: Logger, store: Pick<Store, "get">, clock: Pick<XdsClock, "now">): Account {
  /** By key, oldest first. */
  const told = new Map<string, { readonly sum: string; readonly at: number }>();

  const isNews = (key: string, text: string): boolean => {
    const sum = createHash("sha256").update(text).digest("base64");
    const before = told.get(key);
    const at = clock.now();
    if (before?.sum === sum && at - before.at < QUIET_MS) return false;
    told.delete(key);
    told.set(key, { sum, at });
    if (told.size > KEPT) told.delete(told.keys().next().value!);
    return true;
  };

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
        if (isNews(keyOf(kind, name), message + JSON.stringify(diagnostics))) log.warn(message, { kind, name, diagnostics });
      }
    },
    accepted({ kind, name }) {
      if (told.size > 0) told.delete(keyOf(kind, name));
    },
  };
}
