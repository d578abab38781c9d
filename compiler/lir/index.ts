export type * from "./connect.ts";
export type { LirName, LirNames } from "./names.ts";
export { printConnect } from "./print.ts";
export { printDecide } from "./print-decide.ts";
export { type Reason, reasons, type Verdict, verdicts } from "./verdict.ts";
export { verifyLir } from "./verify.ts";
