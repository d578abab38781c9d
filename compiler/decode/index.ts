export { messageIn } from "./any.ts";
export type * from "./types.ts";
