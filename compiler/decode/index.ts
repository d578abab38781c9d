export { messageIn } from "./any.ts";
export { decodeSnapshot } from "./snapshot.ts";
export type * from "./types.ts";
