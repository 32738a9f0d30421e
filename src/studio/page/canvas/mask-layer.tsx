/**
 * The mask that is being painted, over the picture.
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { useStudio } from "../context.ts";
import { paintStrokes } from "./paint-strokes.ts";

/** The longest side that it is drawn with: it is soft to look at anyway. */
const MOST = 1280;

export function MaskLayer() {
  const { brush, canvas } = useStudio();
  const ref = useRef<HTMLCanvasElement>(null);
  const strokes = brush.strokes.value;
  const { width, height } = canvas.picture.value;
  const target = brush.target.value;
  useEffect(() => {
    const element = ref.current;
    const context = element?.getContext("2d");
    if (element === null || context === null || context === undefined) return;
    const ratio = MOST / Math.max(width, height);
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    element.width = size.width;
    element.height = size.height;
    const paint = target === "keep" ? "#2fb36a" : "#4f7dff";
    paintStrokes(context, strokes, size, { paint });
  }, [strokes, width, height, target]);
  return <canvas ref={ref} class="layer mask-layer" />;
}
