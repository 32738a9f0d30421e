/**
 * Draws the strokes of a mask, whatever they are drawn on: what is seen over the picture and what the studio is given come
 * from the same lines.
 * @module
 */
import type { Size } from "../../../image/size.ts";
import type { Stroke } from "../state/draft.ts";

/** What strokes are drawn with; without `erase`, erasing takes away what was drawn. */
export interface Colours {
  readonly paint: string;
  readonly erase?: string;
}

/** A canvas' context, on the page or off it. */
type Context = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "stroke"
  | "lineWidth"
  | "lineCap"
  | "lineJoin"
  | "strokeStyle"
  | "globalCompositeOperation"
>;

export function paintStrokes(
  context: Context,
  strokes: readonly Stroke[],
  { width, height }: Size,
  { paint, erase }: Colours,
): void {
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const { erase: erasing, radius, points } of strokes) {
    context.globalCompositeOperation = erasing && erase === undefined ? "destination-out" : "source-over";
    context.strokeStyle = erasing && erase !== undefined ? erase : paint;
    context.lineWidth = Math.max(1, 2 * radius * Math.max(width, height));
    context.beginPath();
    const [x = 0, y = 0] = points;
    context.moveTo(x * width, y * height);
    // A line of no length is a dot only where it ends anywhere.
    context.lineTo(x * width, y * height);
    for (let index = 2; index + 1 < points.length; index += 2) {
      context.lineTo((points[index] ?? 0) * width, (points[index + 1] ?? 0) * height);
    }
    context.stroke();
  }
  context.globalCompositeOperation = "source-over";
}
