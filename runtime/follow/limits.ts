import type { LimitSpec } from "../xds/index.ts";

/** What is kept of rejected resources for the next daemon. Each limit, declared once. */
export const fallbackLimitSpecs = {
  resources: {
    value: 10_000,
    what: "last good versions of rejected resources that are kept over a restart",
    past: "further ones last as long as the daemon (KM6307)",
  },
  bytes: {
    value: 16 * 2 ** 20,
    what: "bytes of the last good versions that are kept over a restart",
    past: "further ones last as long as the daemon (KM6307)",
  },
} as const satisfies Readonly<Record<string, LimitSpec>>;
