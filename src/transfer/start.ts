/**
 * Where the optimisation starts, and the way between pictures and the optimiser's variables.
 * @module
 */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import { OXFORD } from "../network/weights.ts";
import type { Preset, Variables } from "./preset.ts";

/** The standard deviation of the noise around the mean colour, in 0…255. */
const FAINT = 0.001;

/** A picture of noise; the same seed gives the same noise. */
export function noisePicture({ width, height }: Size, kind: Preset["noise"], seed: number): Picture {
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  const plane = width * height;
  const rgb = new Float32Array(3 * plane);
  for (let index = 0; index < rgb.length; index++) {
    rgb[index] =
      kind === "white"
        ? uniform()
        : (OXFORD.offset[Math.floor(index / plane)] + FAINT * normal(uniform)) / 255;
  }
  return { width, height, rgb };
}

/** A normally distributed number (Box and Muller, 1958). */
const normal = (uniform: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** variables = (rgb − offset) / scale */
export function variablesOf({ rgb }: Picture, { scale, offset }: Variables): Float32Array {
  const plane = rgb.length / 3;
  return rgb.map((value, index) => {
    const channel = Math.floor(index / plane);
    return (value - offset[channel]) / scale[channel];
  });
}

/** rgb = variables · scale + offset, clamped to [0, 1]. */
export function pictureOf(
  variables: Float32Array,
  { width, height }: Size,
  { scale, offset }: Variables,
): Picture {
  const plane = width * height;
  const rgb = variables.map((value, index) => {
    const channel = Math.floor(index / plane);
    return Math.min(1, Math.max(0, value * scale[channel] + offset[channel]));
  });
  return { width, height, rgb };
}
