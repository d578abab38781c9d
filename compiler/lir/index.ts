export type * from "./connect.ts";
export { printConnect } from "./print.ts";
export { type Reason, reasons, type Verdict, verdicts } from "./verdict.ts";
export { verifyLir } from "./verify.ts";
