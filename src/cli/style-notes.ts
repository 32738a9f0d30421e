/**
 * What a command says of its paintings before it works.
 * @module
 */
import type { Size } from "../image/size.ts";
import type { Settings } from "../transfer/settings.ts";
import type { Inputs } from "./inputs.ts";

/** Says which paintings are too small for the strokes that were asked for; of those large enough, nothing. */
export function writeStyleNotes(
  { content, styles }: Pick<Inputs, "content" | "styles">,
  settings: Settings,
  styleScale: number,
): readonly string[] {
  if (styleScale <= 1) return [];
  const result = settings.contentSize(content.picture, settings.size);
  return styles.flatMap(({ picture, facts }) => {
    const reached = longest(settings.styleSize(picture, result)) / longest(result);
    // A rounded side is not worth a word.
    if (reached > 0.99 * styleScale) return [];
    return `${facts.name} has ${picture.width}×${picture.height} pixels and is not enlarged: its strokes come out ${reached.toFixed(2)} times as large, not ${styleScale}.`;
  });
}

const longest = ({ width, height }: Size): number => Math.max(width, height);
