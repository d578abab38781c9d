import { CELL_TAG, type CellParts, type Cells, cellParts } from "../../compiler/bundle/format.ts";

export const CELL_SIZE = 8;

/** Record of a cluster's cell. */
export function placeOfCell({ shift }: Cells, cluster: number): number {
  // Not a power: that is a floating point number, and so is all that is made of it, which takes 16 bytes more where it is kept.
  return cluster << shift;
}

/** Records of table cell up to where all cells are, with the room beside them. */
export function endOfCells(cells: Cells): number {
  return placeOfCell(cells, cells.clusters);
}

/** The cell of a cluster in an image of table cell. */
export function cellAt(image: Uint8Array, cells: Cells, cluster: number): CellParts {
  return cellsOf(image, cells)(cluster);
}

/** The same for many clusters. */
export function cellsOf(image: Uint8Array, cells: Cells): (cluster: number) => CellParts {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  return (cluster) => cellParts(view.getBigUint64(placeOfCell(cells, cluster) * CELL_SIZE, true));
}

export function nextTag(tag: number): number {
  return (tag + 1) & CELL_TAG;
}
