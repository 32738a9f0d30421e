/**
 * Parts of pictures.
 * @module
 */
import { inProfile, type Picture } from "./picture.ts";
import type { Size } from "./size.ts";

/** A part of a picture, in parts of its width and height: a quarter at the top left is `{ left: 0, top: 0, width: .5, height: .5 }`. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of a part, at least one a side. */
export const cropSize = (size: Size, crop: Crop): Size => {
  const { width, height } = boxOf(size, crop);
  return { width, height };
};

/** Cuts a part out of a picture. It has no checksum, for it is no file's whole picture. */
export function cropped(picture: Picture, crop: Crop): Picture {
  const { left, top, width, height } = boxOf(picture, crop);
  const cut = (plane: Float32Array): Float32Array => {
    const planes = plane.length / (picture.width * picture.height);
    const result = new Float32Array(planes * width * height);
    for (let row = 0; row < planes * height; row++) {
      const [channel, y] = [Math.floor(row / height), row % height];
      const from = (channel * picture.height + top + y) * picture.width + left;
      result.set(plane.subarray(from, from + width), row * width);
    }
    return result;
  };
  const { rgb, alpha, notes, profile } = picture;
  const part = {
    width,
    height,
    rgb: cut(rgb),
    ...(alpha === undefined ? {} : { alpha: cut(alpha) }),
    ...(notes === undefined ? {} : { notes }),
  };
  return inProfile(part, profile);
}

function boxOf({ width, height }: Size, crop: Crop): Size & { readonly left: number; readonly top: number } {
  const [left, right] = stretch(width, crop.left, crop.width);
  const [top, bottom] = stretch(height, crop.top, crop.height);
  return { left, top, width: right - left, height: bottom - top };
}

function stretch(length: number, start: number, part: number): readonly [number, number] {
  const from = Math.min(length - 1, Math.round(start * length));
  return [from, Math.max(from + 1, Math.min(length, Math.round((start + part) * length)))];
}
