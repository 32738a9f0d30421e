/**
 * What a command says of its paintings before it works.
 * @module
 */
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import type { Settings } from "../transfer/settings.ts";

/** Strokes this much smaller than a larger file's are not worth a word. */
const NEAR_ENOUGH = 0.9;

/** A painting and its file's name. */
export interface NamedPainting {
  readonly name: string;
  readonly picture: Picture;
}

/** Says which paintings are too small for the strokes that were asked for, and which are enlarged; of others, nothing. */
export function writeStyleNotes(
  photo: Picture,
  paintings: readonly NamedPainting[],
  settings: Settings,
  styleScale: number,
): readonly string[] {
  const result = settings.contentSize(photo, settings.size);
  return paintings.flatMap(({ name, picture }) => {
    const seen = settings.styleSize(picture, result);
    const enlarged = seen.width > picture.width || seen.height > picture.height;
    const reached = longest(seen) / (styleScale * longest(result));
    const small = reached <= NEAR_ENOUGH;
    if (!enlarged && !small) return [];
    const own = `${name} has ${picture.width}×${picture.height} pixels and is`;
    const how = enlarged ? `enlarged to ${seen.width}×${seen.height}, as this preset does` : "not enlarged";
    const strokes = `its strokes come out ${reached.toFixed(2)} times as large as a larger file's`;
    return `${own} ${how}: ${small ? strokes : "a larger file would be better"}.`;
  });
}

const longest = ({ width, height }: Size): number => Math.max(width, height);
