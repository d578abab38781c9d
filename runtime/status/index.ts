/** Reads what is accepted and what is pinned; never writes. */
export { dumpAccepted } from "./accepted.ts";
export type { ConfigDump, DumpNode } from "./config-dump.ts";
export { dumpInThread } from "./dump-thread.ts";
export { type KernelNumbers, readNumbers } from "./numbers.ts";
export { type Published, readPublished, type TableImage } from "./read.ts";
export { readStatus, type Status } from "./status.ts";
