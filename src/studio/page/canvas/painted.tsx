/**
 * Pictures drawn on canvases of the page: a new one takes the place of the old once it is decoded, so that nothing flickers.
 * @module
 */
import { useEffect, useRef } from "preact/hooks";

export interface PaintedProps {
  readonly blob: Blob | undefined;
  readonly label: string;
  readonly class?: string;
  readonly style?: Readonly<Record<string, string>>;
}

export function Painted({ blob, label, class: name = "", style = {} }: PaintedProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let current = true;
    if (blob !== undefined) void draw(ref.current, blob, () => current);
    return () => {
      current = false;
    };
  }, [blob]);
  return <canvas ref={ref} class={`layer ${name}`} role="img" aria-label={label} style={style} />;
}

async function draw(canvas: HTMLCanvasElement | null, blob: Blob, isCurrent: () => boolean): Promise<void> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob);
  } catch {
    // A picture that this browser cannot show leaves the last one where it is.
    return;
  }
  if (canvas !== null && isCurrent()) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  }
  bitmap.close();
}
