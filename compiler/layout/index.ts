export { type Reason, reasons, type Verdict, verdicts } from "../lir/verdict.ts";
export { checkImages } from "./check.ts";
export { type ConnectHeader, type ConnectLayout, cellWord, layoutConnect, layoutRun, runLength } from "./connect.ts";
export { flags } from "./flags.ts";
export { type Header, recordTypes } from "./gen/records.ts";
export { type Image, type Images, newImage, recordOf, viewOf } from "./image.ts";
export { type Limit, type LimitName, limits } from "./limits.ts";
export type { RecordType } from "./record-io.ts";
export { HEADER_SLOTS, MAX_TABLES, POOL_SLOTS, SHAPE_SLOTS, type TableName, type TableSpec, tables } from "./tables.ts";
