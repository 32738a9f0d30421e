/**
 * A contact sheet as a record, whatever it is shown as: rows of one style each, their cells from the weakest strength
 * named to the last, where a cell without a result was not reached; and as one picture without words.
 * @module
 */
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import type { Stylization } from "../transfer/iterate.ts";

/** One style at one strength. */
export interface SheetCell {
  readonly strength: number;
  /** Makes this picture at full size. */
  readonly command: string;
  readonly result: Stylization | undefined;
}

/** A style and its cells. */
export interface SheetRow {
  /** The painting's file, as it was named. */
  readonly style: string;
  readonly thumbnail: Picture;
  readonly cells: readonly SheetCell[];
}

/** A sheet. */
export interface Sheet {
  /** The photograph's file, as it was named. */
  readonly photo: string;
  /** The photograph at the size of a cell. */
  readonly thumbnail: Picture;
  /** The size of every cell. */
  readonly size: Size;
  readonly strengths: readonly number[];
  /** How the cells were made, in a few words. */
  readonly note: string;
  readonly rows: readonly SheetRow[];
}

/** Pixels around and between cells. */
const GAP = 4;
const BACKGROUND = 1;
/** A cell that was not reached. */
const EMPTY = 0.85;

/** The size of the picture, known before the work. */
export const gridSize = (cell: Size, rows: number, strengths: number): Size => ({
  width: GAP + (1 + strengths) * (cell.width + GAP),
  height: GAP + rows * (cell.height + GAP),
});

/** Draws the sheet; thumbnails, which may be smaller than a cell, stand in the middle of theirs. */
export function drawSheet({ size: cell, strengths, rows }: Sheet): Picture {
  const { width, height } = gridSize(cell, rows.length, strengths.length);
  const grid: Picture = { width, height, rgb: new Float32Array(3 * width * height).fill(BACKGROUND) };
  const empty = { ...cell, rgb: new Float32Array(3 * cell.width * cell.height).fill(EMPTY) };
  for (const [row, { thumbnail, cells }] of rows.entries()) {
    const pictures = [thumbnail, ...cells.map(({ result }) => result?.picture ?? empty)];
    for (const [column, picture] of pictures.entries()) {
      const left = GAP + column * (cell.width + GAP) + Math.floor((cell.width - picture.width) / 2);
      const top = GAP + row * (cell.height + GAP) + Math.floor((cell.height - picture.height) / 2);
      lay(picture, grid, left, top);
    }
  }
  return grid;
}

/** Lays a picture over another that is opaque and holds it. */
function lay({ width, height, rgb, alpha }: Picture, onto: Picture, left: number, top: number): void {
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      const to = (channel * onto.height + top + y) * onto.width + left;
      for (let x = 0; x < width; x++) {
        const opacity = alpha === undefined ? 1 : alpha[y * width + x];
        const value = rgb[(channel * height + y) * width + x];
        onto.rgb[to + x] = value * opacity + onto.rgb[to + x] * (1 - opacity);
      }
    }
  }
}
