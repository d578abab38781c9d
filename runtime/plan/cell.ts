import { flags } from "../../compiler/bundle/format.ts";

/** A cluster's cell, taken apart: see Cell.run in compiler/layout/records/connect.ts. */
export interface CellParts {
  /** First record of the run in table endpoint. */
  readonly first: number;
  readonly count: number;
  readonly uniform: boolean;
  /** 15 bits that change with each store. */
  readonly tag: number;
}

export const CELL_SIZE = 8;

const TAG_MASK = 0x7fff;

export function cellValue(parts: CellParts): bigint {
  const low = ((parts.count << 16) >>> 0) + (parts.uniform ? flags.KM_CELL_UNIFORM : 0) + (parts.tag & TAG_MASK);
  return (BigInt(parts.first) << 32n) | BigInt(low);
}

/** The cell of a cluster in an image of table cell. */
export function cellAt(image: Uint8Array, cluster: number): CellParts {
  return cellsOf(image)(cluster);
}

/** The same for many clusters. */
export function cellsOf(image: Uint8Array): (cluster: number) => CellParts {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  return (cluster) => {
    const low = view.getUint32(cluster * CELL_SIZE, true);
    const first = view.getUint32(cluster * CELL_SIZE + 4, true);
    return { first, count: low >>> 16, uniform: (low & flags.KM_CELL_UNIFORM) !== 0, tag: low & TAG_MASK };
  };
}

export function nextTag(tag: number): number {
  return (tag + 1) & TAG_MASK;
}
