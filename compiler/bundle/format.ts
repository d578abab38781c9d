/**
 * The bundle: the contract between compiler and runtime, and the only file of the compiler's inside that the runtime imports.
 *
 * On disk a folder with manifest.json and the files it names; each has a SHA-256 there. No time, host or path: equal snapshots give equal
 * bytes. The table files are the bytes of the kernel's maps, little-endian.
 */
import type { Diagnostic } from "../diag/index.ts";
import type { HirModel } from "../hir/index.ts";
import type { Header } from "../layout/gen/records.ts";
import type { Parts } from "../layout/index.ts";

export const BUNDLE_FORMAT = 5;

/** The file that makes a folder a bundle. */
export const MANIFEST_FILE = "manifest.json";

/** What the compiler knows of a generation header; the daemon adds generation, shapeSlot, slot and count. */
export type HeaderScalars = Omit<Header, "generation" | "shapeSlot" | "slot" | "count">;

export interface BundleTable {
  /** TableSpec.name. All tables of the registry are here, empty ones too, in the order of their ids. */
  readonly name: string;
  /** Bytes; a multiple of 8. */
  readonly recordSize: number;
  /** Records; the file is recordSize * count bytes. */
  readonly count: number;
  readonly file: string;
  /** Made of the hashes of its ranges (tableHash). */
  readonly sha256: string;
}

export type Attach = "connect4" | "connect6" | "getpeername4" | "getpeername6" | "sock_release";

export interface BundleProgram {
  /** Name in the object; at most 15 characters. */
  readonly name: string;
  readonly attach: Attach;
}

export interface BundleObject {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  /** First line of `clang --version` without vendor and path: `clang 20.1.3`. */
  readonly compiler: string;
  readonly programs: readonly BundleProgram[];
}

export interface BundleFile {
  readonly file: string;
  readonly sha256: string;
}

export interface BundleManifest {
  readonly format: typeof BUNDLE_FORMAT;
  /** recordFormat() of the compiler: what its tables mean. */
  readonly records: string;
  /** SHA-256 of the emitted sources and the library they include: equal shapes run the same programs. */
  readonly shape: string;
  readonly header: HeaderScalars;
  readonly tables: readonly BundleTable[];
  /** Empty in a bundle that was built without a compiler. */
  readonly objects: readonly BundleObject[];
  readonly sources: readonly BundleFile[];
  /** Absent in what kmesh-daemon persists: it is only applied. */
  readonly model?: BundleFile;
  /** Its hash is made of those of its lines (namesHash). */
  readonly names: BundleFile;
  readonly diagnostics: BundleFile;
  /** The same C for wasm32: the simulator. */
  readonly decide?: BundleFile;
  /** SHA-256 of this object's JSON text (no white space) without this field. */
  readonly digest: string;
}

/** Of an object that may have more: the model's own. */
export interface BundleName {
  readonly name: string;
  /** xDS path. */
  readonly path: string;
}

/** Names of the dense ids: the id is the place in the list. */
export interface BundleNames {
  readonly listeners: readonly BundleName[];
  readonly chains: readonly BundleName[];
  readonly routeConfigs: readonly BundleName[];
  readonly vhosts: readonly BundleName[];
  readonly routes: readonly BundleName[];
  readonly clusters: readonly BundleName[];
  /** xDS paths of weighted entries. */
  readonly entries: readonly string[];
  /** Diagnostic codes of the decide tier's punts. */
  readonly reasons: readonly string[];
}

/** A bundle in memory. */
export interface Bundle {
  readonly manifest: BundleManifest;
  /** By TableSpec.name: the image, in parts one after the other. */
  readonly tables: ReadonlyMap<string, Parts>;
  /** By BundleObject.name: ELF; and `decide`: wasm. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
  /** By file name. */
  readonly sources: ReadonlyMap<string, string>;
  readonly model?: HirModel;
  readonly names: BundleNames;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the runtime needs to read and write the kernel's state: the same declarations that the tables were built from. */
export {
  CELL_TAG,
  type CellParts,
  type Cells,
  cellParts,
  cellsIn,
  cellWord,
  checkImages,
  flags,
  HEADER_SLOTS,
  inOnePiece,
  inParts,
  isBesideCell,
  type LogEntry,
  type LogLevel,
  limits,
  logLevelOf,
  logWord,
  MAX_CELL_SHIFT,
  MAX_TABLES,
  offsetOf,
  type Parts,
  POOL_SLOTS,
  perValue,
  type RecordType,
  type Run,
  type RunForm,
  type RunTable,
  readLogEntry,
  reasons,
  recordFormat,
  recordTypes,
  runLength,
  runRecordSize,
  runTable,
  runTables,
  SHAPE_SLOTS,
  type TableName,
  type TableSpec,
  tables,
  verdicts,
} from "../layout/index.ts";
