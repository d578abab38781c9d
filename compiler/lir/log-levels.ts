import type { reasons } from "./verdict.ts";

/** Levels of the programs' log, from rare to chatty: a level shows its own reasons and those before it. Append only. */
export const logLevels = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof logLevels)[number];

/** What a connection that ends for a reason is worth telling. `error`: something of ours is broken; `warn`: refused. */
export const reasonLevels: Readonly<Record<keyof typeof reasons, LogLevel>> = {
  NONE: "debug",
  UNMANAGED: "debug",
  FORWARDED: "info",
  PASSTHROUGH: "info",
  NO_ENDPOINT: "warn",
  NO_CLUSTER: "warn",
  NO_FILTER_CHAIN: "warn",
  NO_FILTERS: "warn",
  NEEDS_HEAD: "info",
  NEEDS_SOURCE: "info",
  PUNT_LISTENER: "info",
  PUNT_CHAIN: "info",
  PUNT_CLUSTER: "info",
  PUNT_ADDRESS: "info",
  NO_GENERATION: "debug",
  BROKEN_TABLE: "error",
  TAIL_MISS: "error",
  NOT_TCP: "debug",
  PUNT_FAMILY: "info",
  ORIGINAL_FULL: "warn",
  DAEMON: "debug",
};
