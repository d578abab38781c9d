export type { LogLevel } from "../lir/log-levels.ts";
export { type Reason, reasons, type Verdict, verdicts } from "../lir/verdict.ts";
export { checkImages } from "./check.ts";
export { type ConnectHeader, type ConnectLayout, layoutConnect } from "./connect.ts";
export type { DumpNames } from "./dump-names.ts";
export { flags } from "./flags.ts";
export { type Header, recordTypes } from "./gen/records.ts";
export { type Image, type Images, inOnePiece, inParts, newImage, type Parts, sharedBytes, viewOf } from "./image.ts";
export { type Limit, type LimitName, limits } from "./limits.ts";
export { type LogEntry, logLevelOf, logWord, readLogEntry } from "./log.ts";
export { recordFormat } from "./record-format.ts";
export { offsetOf, type RecordType } from "./record-io.ts";
export {
  CELL_TAG,
  type CellParts,
  type Cells,
  cellParts,
  cellsIn,
  cellWord,
  isBesideCell,
  layoutRun,
  MAX_CELL_SHIFT,
  type Run,
  type RunForm,
  type RunTable,
  runLength,
  runRecordSize,
  runTable,
  runTables,
} from "./runs.ts";
export { HEADER_SLOTS, MAX_TABLES, POOL_SLOTS, perValue, SHAPE_SLOTS, type TableName, type TableSpec, tables } from "./tables.ts";
