/**
 * From files to pictures in a browser, by its own decoders: PNG, JPEG, WebP, AVIF and GIF (the first frame) become upright
 * floats of sRGB, or of Display P3 where that is asked for, at the eight bits that these decoders give.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { inProfile, type Picture, type WideProfile } from "./picture.ts";
import {
  MAX_PIXELS,
  MAX_REDUCIBLE_PIXELS,
  type ReadOptions,
  readingSize,
  sizeNotes,
  tooLarge,
} from "./reading.ts";
import type { Size } from "./size.ts";
import { statedSize } from "./stated-size.ts";

/**
 * Reads a picture file that a page was given, or an answer from the network.
 * @returns Upright, sRGB or the profile that was asked for. With notes where a person should know how it was read.
 * @throws ImpastoError when it is empty, damaged, too large, or not a picture that browsers read.
 * @example
 * const { width, height, rgb } = await readPicture(input.files[0]);
 */
export const readPicture = async (file: Blob, options: ReadOptions = {}): Promise<Picture> =>
  decodePicture(new Uint8Array(await file.arrayBuffer()), nameOf(file), options);

/** What a file is called in messages. */
export const nameOf = (file: Blob): string => (file instanceof File ? file.name : "the picture");

/**
 * Decodes a picture file held in memory.
 * @param name what to call it in messages.
 * @returns As `readPicture`.
 * @throws ImpastoError when the bytes are damaged, too large, or not a picture that browsers read.
 */
export async function decodePicture(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  options: ReadOptions = {},
): Promise<Picture> {
  if (bytes.length === 0) throw new ImpastoError(`"${name}" is empty; fetch or save it again`);
  const stated = statedSize(bytes);
  if (stated === undefined) {
    throw new ImpastoError(
      `"${name}" is not a picture that browsers read; give it a PNG, JPEG, WebP, AVIF or GIF`,
    );
  }
  const most = options.neededSize === undefined ? MAX_PIXELS : MAX_REDUCIBLE_PIXELS;
  if (stated.width * stated.height > most) throw tooLarge(name, most);
  const bitmap = await decoded(bytes, name);
  try {
    const own: Size = { width: bitmap.width, height: bitmap.height };
    const header = { ...own, fileBytes: bytes.length, decoderBytes: BITMAP_BYTES, pixelBytes: PIXEL_BYTES };
    const size = readingSize(header, options, name);
    const picture = pictureOf(bitmap, size, options.profile);
    const notes = sizeNotes(name, own, size);
    return inProfile(notes.length === 0 ? picture : { ...picture, notes }, options.profile);
  } finally {
    bitmap.close();
  }
}

const BITMAP_BYTES = 4;

/** Colours and alpha as floats. */
const PIXEL_BYTES = 4 * Float32Array.BYTES_PER_ELEMENT;

const decoded = (bytes: Uint8Array<ArrayBuffer>, name: string): Promise<ImageBitmap> =>
  // Not multiplied by alpha, which would leave little of the colours of what is nearly transparent.
  createImageBitmap(new Blob([bytes]), { imageOrientation: "from-image", premultiplyAlpha: "none" }).catch(
    (cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ImpastoError(`"${name}" is damaged or cut short; fetch or save it again (${reason})`, {
        cause,
      });
    },
  );

/** Pixels that are drawn at once: canvases have a longest side and a largest area, another in each browser. */
const STRIP = 2 ** 22;

/** Where canvases may hold floats, colours under little alpha survive, for all canvases are multiplied by it. */
const FLOATS = { colorType: "float16", willReadFrequently: true } as const;

function pictureOf(bitmap: ImageBitmap, { width, height }: Size, profile: WideProfile | undefined): Picture {
  const colorSpace = profile ?? "srgb";
  const rows = Math.min(height, Math.max(1, Math.floor(STRIP / width)));
  const context = new OffscreenCanvas(width, rows).getContext("2d", { ...FLOATS, colorSpace });
  if (context === null) throw new ImpastoError("This browser draws no pictures: it has no 2d canvas.");
  context.imageSmoothingQuality = "high";
  const size = width * height;
  const rgb = new Float32Array(3 * size);
  const alpha = new Float32Array(size);
  for (let top = 0; top < height; top += rows) {
    context.clearRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, -top, width, height);
    const count = Math.min(rows, height - top) * width;
    const { data } = context.getImageData(0, 0, width, count / width, {
      colorSpace,
      pixelFormat: "rgba-float16",
    });
    // Browsers that know no floats give bytes. Decoders give eight bits, and half floats are not quite these.
    const scale = data instanceof Uint8ClampedArray ? 1 : 255;
    const value = (index: number): number => Math.round(data[index] * scale) / 255;
    for (let i = 0; i < count; i++) {
      const at = top * width + i;
      for (let channel = 0; channel < 3; channel++) rgb[channel * size + at] = value(4 * i + channel);
      alpha[at] = value(4 * i + 3);
    }
  }
  return alpha.every((value) => value === 1) ? { width, height, rgb } : { width, height, rgb, alpha };
}
