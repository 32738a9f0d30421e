/**
 * Pictures for the engine that plays: dabs of a painting's colours, more of them as time goes on.
 * @module
 */
import { ImpastoError } from "../../src/errors.ts";
import type { Run } from "../../src/studio/engine.ts";

/** A picture that is held. */
export interface Held {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly blob: Blob;
}

/** Reads a picture. @throws ImpastoError for what is none. */
export async function shown(blob: Blob, name: string): Promise<Held> {
  const bytes = await blob.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const id = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const { width, height } = await createImageBitmap(blob);
    return { id, name, width, height, blob };
  } catch {
    throw new ImpastoError(`${name} is no picture that can be read: give a PNG, JPEG, WebP or AVIF.`);
  }
}

const MOST_DABS = 2600;

/** The photograph under dabs of paint. */
export async function dabs(photograph: Held, paintings: readonly Held[], run: Run): Promise<Blob> {
  const { width, height } = run;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no context");
  context.drawImage(await createImageBitmap(photograph.blob), 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height).data;
  const palette = await paletteOf(paintings[0] ?? photograph);
  const number = MOST_DABS * (run.progress?.done ?? 0);
  let seed = 7;
  const random = (): number => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  context.lineCap = "round";
  for (let dab = 0; dab < number; dab++) {
    const [x, y] = [Math.floor(random() * width), Math.floor(random() * height)];
    const at = 4 * (y * width + x);
    const luma = 0.3 * (pixels[at] ?? 0) + 0.6 * (pixels[at + 1] ?? 0) + 0.1 * (pixels[at + 2] ?? 0);
    const angle = 3 * Math.sin(x / 60) + 2 * Math.cos(y / 50);
    const length = (0.6 + random()) * width * 0.022;
    context.strokeStyle =
      palette[Math.min(palette.length - 1, Math.floor((luma / 256) * palette.length))] ?? "gray";
    context.lineWidth = width * 0.009;
    context.beginPath();
    context.moveTo(x, y);
    context.quadraticCurveTo(
      x + length * Math.cos(angle),
      y + length * Math.sin(angle),
      x + 1.6 * length * Math.cos(angle + 0.6),
      y + 1.6 * length * Math.sin(angle + 0.6),
    );
    context.stroke();
  }
  return canvas.convertToBlob({ type: "image/png" });
}

/** Colours of a picture, dark to light. */
async function paletteOf(picture: Held): Promise<readonly string[]> {
  const side = 24;
  const context = new OffscreenCanvas(side, side).getContext("2d");
  if (context === null) throw new Error("no context");
  context.drawImage(await createImageBitmap(picture.blob), 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  const colours = Array.from({ length: side * side }, (_, i) => [...data.slice(4 * i, 4 * i + 3)]);
  const luma = ([r = 0, g = 0, b = 0]: readonly number[]): number => 0.3 * r + 0.6 * g + 0.1 * b;
  return colours.sort((a, b) => luma(a) - luma(b)).map((rgb) => `rgb(${rgb.join()})`);
}
