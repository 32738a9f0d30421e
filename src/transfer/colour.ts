/**
 * What becomes of colours (Gatys, Bethge, Hertzmann and Shechtman, 2016, "Preserving Color in Neural Artistic Style
 * Transfer"; Gatys et al., 2017, section 5): the painting's, the photograph's, the painting's after it was given the
 * photograph's palette, or nothing but the painting's colours.
 * @module
 */
import { linearToSrgb, srgbToLinear } from "../image/colour-space.ts";
import { labToLinear, linearToLab } from "../image/lab.ts";
import { apply, IDENTITY, invert, type Matrix, multiply, type Triple, transpose } from "../image/matrix.ts";
import type { Picture } from "../image/picture.ts";
import type { WeightedStyle } from "./styles.ts";

/** The ways to treat colours. */
export const COLORS = ["style", "keep", "match", "transfer-only"] as const;

/** One of {@link COLORS}. */
export type Color = (typeof COLORS)[number];

/** The photograph and the styles as the losses are to see them. Pictures that change are new ones. */
export function prepareColours<Subject extends { photograph: Picture; styles: readonly WeightedStyle[] }>(
  subject: Subject,
  color: Color,
): Subject {
  const { photograph, styles } = subject;
  const restyle = (change: (picture: Picture) => Picture): readonly WeightedStyle[] =>
    styles.map((style) => ({ ...style, picture: change(style.picture) }));
  if (color === "keep") {
    const grey = inGrey(photograph, (luma) => luma);
    const wished = momentsOf(lumaOf(photograph));
    return {
      ...subject,
      photograph: grey,
      styles: restyle((picture) => {
        const own = momentsOf(lumaOf(picture));
        // A painting of one grey has no contrast to be stretched.
        const contrast = own.deviation > FLAT ? wished.deviation / own.deviation : 1;
        return inGrey(picture, (luma) => wished.mean + contrast * (luma - own.mean));
      }),
    };
  }
  return color === "match"
    ? { ...subject, styles: restyle((picture) => withPaletteOf(picture, photograph)) }
    : subject;
}

/** A picture to start from as the losses are to see it. */
export const startingColours = (picture: Picture, color: Color): Picture =>
  color === "keep" ? inGrey(picture, (luma) => luma) : picture;

/**
 * The picture as it is shown.
 * @param photograph opaque, of the picture's size.
 */
export function finishColours(picture: Picture, photograph: () => Picture, color: Color): Picture {
  if (color === "keep") return withLumaOf(picture, photograph());
  return color === "transfer-only" ? withColoursOf(picture, photograph()) : picture;
}

/** A contrast of less than this is none: a hundredth of a level. */
const FLAT = 4e-5;

/** How much red, green and blue have in luma (ITU-R BT.601, the Y of YIQ). */
const LUMA: Triple<number> = [0.299, 0.587, 0.114];

const lumaOf = ({ rgb }: Picture): Float32Array => {
  const plane = rgb.length / 3;
  return Float32Array.from(
    { length: plane },
    (_, i) => LUMA[0] * rgb[i] + LUMA[1] * rgb[plane + i] + LUMA[2] * rgb[2 * plane + i],
  );
};

/** Without the checksum of the file: it is another picture now. */
const another = ({ width, height, alpha }: Picture, rgb: Float32Array): Picture => ({
  width,
  height,
  rgb,
  ...(alpha === undefined ? {} : { alpha }),
});

function inGrey(picture: Picture, change: (luma: number) => number): Picture {
  const luma = lumaOf(picture);
  const rgb = new Float32Array(picture.rgb.length);
  for (let i = 0; i < rgb.length; i++) rgb[i] = clamp(change(luma[i % luma.length]));
  return another(picture, rgb);
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

function momentsOf(values: Float32Array): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/** The photograph's chroma with another's luma, as far as the two are a colour together: the luma gives way. */
function withLumaOf(picture: Picture, photograph: Picture): Picture {
  const [luma, own] = [lumaOf(picture), lumaOf(photograph)];
  const plane = luma.length;
  const rgb = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    const chroma = [0, 1, 2].map((channel) => photograph.rgb[channel * plane + i] - own[i]);
    const [least, most] = [-Math.min(...chroma), 1 - Math.max(...chroma)];
    const y = Math.min(most, Math.max(least, luma[i]));
    for (const [channel, value] of chroma.entries()) rgb[channel * plane + i] = clamp(value + y);
  }
  return another(picture, rgb);
}

/** The photograph's lightness with another's colours, in CIE L*a*b*; what sRGB cannot show gets paler. */
function withColoursOf(picture: Picture, photograph: Picture): Picture {
  const { profile } = photograph;
  const [toLab, toLinear] = [linearToLab(profile), labToLinear(profile)];
  const plane = picture.rgb.length / 3;
  const rgb = new Float32Array(3 * plane);
  const at = (from: Float32Array, i: number): Triple<number> => [
    srgbToLinear(from[i]),
    srgbToLinear(from[plane + i]),
    srgbToLinear(from[2 * plane + i]),
  ];
  for (let i = 0; i < plane; i++) {
    const [lightness] = toLab(at(photograph.rgb, i));
    const [, a, b] = toLab(at(picture.rgb, i));
    let [pale, vivid] = [0, 1];
    let shown = toLinear([lightness, a, b]);
    if (!isShowable(shown)) {
      for (let step = 0; step < PALING_STEPS; step++) {
        const middle = (pale + vivid) / 2;
        if (isShowable(toLinear([lightness, middle * a, middle * b]))) pale = middle;
        else vivid = middle;
      }
      shown = toLinear([lightness, pale * a, pale * b]);
    }
    for (const [channel, value] of shown.entries()) rgb[channel * plane + i] = clamp(linearToSrgb(value));
  }
  return another(picture, rgb);
}

/** To a two hundred and fifty-sixth of the way. */
const PALING_STEPS = 8;
const TOLERANCE = 1e-4;

const isShowable = (linear: Triple<number>): boolean =>
  linear.every((value) => value >= -TOLERANCE && value <= 1 + TOLERANCE);

/**
 * A picture whose colours have the mean and the covariance of another's: x' = A (x − μₛ) + μ with
 * A = Σ^½ Σₛ^-½, the way between the two distributions that has no preferred channel.
 */
function withPaletteOf(picture: Picture, other: Picture): Picture {
  const [own, wished] = [paletteOf(picture), paletteOf(other)];
  const map = multiply(squareRoot(wished.covariance), invert(squareRoot(own.covariance)));
  const plane = picture.rgb.length / 3;
  const rgb = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    const [r, g, b] = [picture.rgb[i], picture.rgb[plane + i], picture.rgb[2 * plane + i]];
    const moved = apply(map, [r - own.mean[0], g - own.mean[1], b - own.mean[2]]);
    for (let channel = 0; channel < 3; channel++) {
      rgb[channel * plane + i] = clamp(moved[channel] + wished.mean[channel]);
    }
  }
  return another(picture, rgb);
}

/** What is added to each channel's variance, so that grey pictures, and those of one colour, have a root: a level's. */
const LEAST_VARIANCE = (1 / 255) ** 2;

/** The mean and the covariance of a picture's colours, where it is to be seen. */
function paletteOf({ rgb, alpha }: Picture): { readonly mean: Triple<number>; readonly covariance: Matrix } {
  const plane = rgb.length / 3;
  const weightAt = (i: number): number => alpha?.[i] ?? 1;
  let total = 0;
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < plane; i++) {
    total += weightAt(i);
    for (let channel = 0; channel < 3; channel++) sums[channel] += weightAt(i) * rgb[channel * plane + i];
  }
  const of = Math.max(total, Number.MIN_VALUE);
  const mean: Triple<number> = [sums[0] / of, sums[1] / of, sums[2] / of];
  const covariance = (row: number, column: number): number => {
    let sum = 0;
    for (let i = 0; i < plane; i++) {
      sum += weightAt(i) * (rgb[row * plane + i] - mean[row]) * (rgb[column * plane + i] - mean[column]);
    }
    return sum / of + (row === column ? LEAST_VARIANCE : 0);
  };
  const [rr, rg, rb, gg, gb, bb] = [
    covariance(0, 0),
    covariance(0, 1),
    covariance(0, 2),
    covariance(1, 1),
    covariance(1, 2),
    covariance(2, 2),
  ];
  return {
    mean,
    covariance: [
      [rr, rg, rb],
      [rg, gg, gb],
      [rb, gb, bb],
    ],
  };
}

/** Enough for matrices whose eigenvalues are a million apart. */
const ROOT_STEPS = 30;

/** The root of a positive definite matrix (Denman and Beavers, 1976). */
function squareRoot(matrix: Matrix): Matrix {
  let [root, inverse]: [Matrix, Matrix] = [matrix, IDENTITY];
  for (let step = 0; step < ROOT_STEPS; step++) {
    [root, inverse] = [mean(root, invert(inverse)), mean(inverse, invert(root))];
  }
  return mean(root, transpose(root));
}

const mean = (one: Matrix, other: Matrix): Matrix => {
  const row = (a: Triple<number>, b: Triple<number>): Triple<number> => [
    (a[0] + b[0]) / 2,
    (a[1] + b[1]) / 2,
    (a[2] + b[2]) / 2,
  ];
  return [row(one[0], other[0]), row(one[1], other[1]), row(one[2], other[2])];
};
