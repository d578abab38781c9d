export { balance, type HirBalance, type HirShare } from "./balance.ts";
export type * from "./decision.ts";
export type * from "./model.ts";
