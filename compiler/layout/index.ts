export { reasons, type Verdict, verdicts } from "../lir/verdict.ts";
export { flags } from "./flags.ts";
export { recordTypes } from "./gen/records.ts";
export { type Limit, type LimitName, limits } from "./limits.ts";
export type { RecordType } from "./record-io.ts";
export { HEADER_SLOTS, MAX_TABLES, POOL_SLOTS, SHAPE_SLOTS, type TableName, type TableSpec, tables } from "./tables.ts";
