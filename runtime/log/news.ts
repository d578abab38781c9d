import { createHash } from "node:crypto";

/** Tells what is said for the first time from what is said over and over. */
export interface News {
  /** Whether `text` is to be said of `about`: it has not been in the last ten minutes, or something else has since. */
  isNews(about: string, text: string): boolean;
  /** Whatever is said of it next is news. */
  forget(about: string): void;
}

const QUIET_MS = 600_000;
/** Of how many things what was said last is remembered: a hostile control plane has as many as it likes. */
const KEPT = 1024;

/** @param now in milliseconds, from any start */
export function createNews(now: () => number): News {
  /** Oldest first. */
  const told = new Map<string, { readonly sum: string; readonly at: number }>();
  return {
    isNews(about, text) {
      const sum = createHash("sha256").update(text).digest("base64");
      const before = told.get(about);
      const at = now();
      if (before?.sum === sum && at - before.at < QUIET_MS) return false;
      told.delete(about);
      told.set(about, { sum, at });
      if (told.size > KEPT) told.delete(told.keys().next().value!);
      return true;
    },
    forget(about) {
      if (told.size > 0) told.delete(about);
    },
  };
}
