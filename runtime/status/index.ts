/** Reads what is pinned; never writes. */
export { type Published, readPublished, type TableImage } from "./read.ts";
export { readStatus, type Status } from "./status.ts";
