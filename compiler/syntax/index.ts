export { splitFormat, whyNoFormat, whyNoHeaderFormat } from "./format.ts";
export type { MoreOperators } from "./format-operators.ts";
export { isEmptyOperator } from "./format-operators.ts";
export { compileRe2 } from "./re2.ts";
export { maxProgramSize, whyNoRegex } from "./regex.ts";
