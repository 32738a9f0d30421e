/**
 * The browser as the page's state needs it: storage, decoding, drawing, files.
 * @module
 */
import type { Size } from "../../image/size.ts";
import { paintStrokes } from "./canvas/paint-strokes.ts";
import { systemClock } from "./state/clock.ts";
import type { Example, Ports } from "./state/ports.ts";

const PLACE = "impasto-studio";

/** The pictures that come with the page. */
const EXAMPLES = [
  {
    name: "cat.png",
    title: "Chelsea the cat",
    of: "photograph",
    url: new URL("../../../examples/cat.png", import.meta.url),
  },
  {
    name: "rocket.jpg",
    title: "A rocket",
    of: "photograph",
    url: new URL("../../../examples/rocket.jpg", import.meta.url),
  },
  {
    name: "starry_night.jpg",
    title: "The Starry Night",
    of: "painting",
    url: new URL("../../../examples/starry_night.jpg", import.meta.url),
  },
] as const;

export const browserPorts = (): Ports => ({
  clock: systemClock(),
  memory: {
    // A browser may forbid it; then a reload begins anew.
    read: () => quietly(() => localStorage.getItem(PLACE) ?? undefined),
    write: (text) => quietly(() => localStorage.setItem(PLACE, text)),
  },
  examples: EXAMPLES.map(
    ({ url, ...example }): Example => ({ ...example, read: async () => (await fetch(url)).blob() }),
  ),
  async drawMask(strokes, size) {
    const canvas = new OffscreenCanvas(size.width, size.height);
    const context = requiredContext(canvas.getContext("2d"));
    context.fillStyle = "black";
    context.fillRect(0, 0, size.width, size.height);
    paintStrokes(context, strokes, size, { paint: "white", erase: "black" });
    return canvas.convertToBlob({ type: "image/png" });
  },
  async sizeOf(picture) {
    const bitmap = await createImageBitmap(picture);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  },
  async shrink(picture, longest) {
    const bitmap = await createImageBitmap(picture);
    const { width, height } = within(bitmap, longest);
    const canvas = new OffscreenCanvas(width, height);
    const context = requiredContext(canvas.getContext("2d"));
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return canvas.convertToBlob({ type: "image/png" });
  },
  save(file, name) {
    const url = URL.createObjectURL(file);
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    // The browser reads it after the click has returned.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  },
});

function quietly<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function within({ width, height }: Size, longest: number): Size {
  const ratio = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * ratio)), height: Math.max(1, Math.round(height * ratio)) };
}

function requiredContext<Context>(context: Context | null): Context {
  if (context === null) throw new Error("This browser draws no pictures: its canvas has no 2d context.");
  return context;
}
