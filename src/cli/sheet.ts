/**
 * A contact sheet as a record, whatever it is shown as: rows of one style each, their cells from the weakest strength
 * named to the last. A cell without a result was not reached.
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
