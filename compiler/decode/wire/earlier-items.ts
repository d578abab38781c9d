import type { Said } from "../../diag/index.ts";
import type { ByteSource } from "../texts.ts";
import type { XdsValue } from "../types.ts";

/** Long lists of one resource, by their paths: a table of a thousand virtual hosts changes by one, and what stays is not read again. */
export interface EarlierItems {
  /** As they were read in the version before. */
  readonly before: ReadonlyMap<string, EarlierList["before"]> | undefined;
  readonly now: Map<string, EarlierList["now"]>;
}

/** Items by name. */
export interface EarlierList {
  readonly before: ReadonlyMap<string, EarlierItem> | undefined;
  readonly now: Map<string, EarlierItem>;
}

/** An item as it was read. */
export interface EarlierItem {
  /** Of the newest version: each one that is held on to is held as a whole. */
  bytes: ByteSource;
  start: number;
  end: number;
  readonly depth: number;
  readonly validates: boolean;
  readonly value: XdsValue;
  /** Undefined where nothing was. */
  readonly told: Said | undefined;
}
