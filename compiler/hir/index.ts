export type * from "./decision.ts";
export type * from "./model.ts";
