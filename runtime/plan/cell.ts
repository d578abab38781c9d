import { CELL_TAG, type CellParts, cellParts } from "../../compiler/bundle/format.ts";

export const CELL_SIZE = 8;

/** The cell of a cluster in an image of table cell. */
export function cellAt(image: Uint8Array, cluster: number): CellParts {
  return cellsOf(image)(cluster);
}

/** The same for many clusters. */
export function cellsOf(image: Uint8Array): (cluster: number) => CellParts {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  return (cluster) => cellParts(view.getBigUint64(cluster * CELL_SIZE, true));
}

export function nextTag(tag: number): number {
  return (tag + 1) & CELL_TAG;
}
