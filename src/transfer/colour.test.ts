import { describe, expect, test } from "vitest";
import { colours, narrowEngine } from "../../test/narrow-engine.ts";
import { srgbToLinear } from "../image/colour-space.ts";
import { linearToLab } from "../image/lab.ts";
import type { Triple } from "../image/matrix.ts";
import type { Picture } from "../image/picture.ts";
import { COLORS, finishColours, prepareColours } from "./colour.ts";
import { drain, stylize } from "./stylize.ts";

const photograph = colours(48, 40, 1);
const painting = palette(colours(40, 40, 2), [0.9, 0.3, 0.1]);
const LEVEL = 1 / 255;

/** A picture whose channels are drawn towards a colour. */
function palette({ width, height, rgb }: Picture, colour: Triple<number>): Picture {
  const plane = width * height;
  return {
    width,
    height,
    rgb: rgb.map((value, i) => 0.3 * value + 0.7 * (colour[Math.floor(i / plane)] ?? 0)),
  };
}

const flat = (width: number, height: number, value: number): Picture => ({
  width,
  height,
  rgb: new Float32Array(3 * width * height).fill(value),
});

const pixels = ({ rgb }: Picture): readonly Triple<number>[] => {
  const plane = rgb.length / 3;
  return Array.from({ length: plane }, (_, i) => [rgb[i], rgb[plane + i], rgb[2 * plane + i]]);
};

const luma = ([r, g, b]: Triple<number>): number => 0.299 * r + 0.587 * g + 0.114 * b;
const chroma = (pixel: Triple<number>): readonly number[] => pixel.map((value) => value - luma(pixel));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function covariance(picture: Picture, row: number, column: number): number {
  const all = pixels(picture);
  const [a, b] = [row, column].map((channel) => mean(all.map((pixel) => pixel[channel] ?? 0)));
  return mean(all.map((pixel) => ((pixel[row] ?? 0) - a) * ((pixel[column] ?? 0) - b)));
}

const subject = { photograph, styles: [{ picture: painting, weight: 1 }] };

describe("Colours", () => {
  test("are the style's unless something else is asked for: the pictures are left as they are", () => {
    expect(prepareColours(subject, "style")).toBe(subject);
    expect(finishColours(painting, () => photograph, "style")).toBe(painting);
  });

  test("that are matched have the photograph's mean and covariance", () => {
    const [{ picture: matched }] = prepareColours(subject, "match").styles;
    for (let row = 0; row < 3; row++) {
      const means = [matched, photograph].map((one) => mean(pixels(one).map((pixel) => pixel[row] ?? 0)));
      expect(Math.abs(means[0] - means[1])).toBeLessThan(0.02);
      for (let column = 0; column < 3; column++) {
        const difference = covariance(matched, row, column) - covariance(photograph, row, column);
        expect(Math.abs(difference)).toBeLessThan(0.1 * covariance(photograph, row, row));
      }
    }
  });

  test("that are kept leave the photograph's chroma within a level, whatever the result's luma", () => {
    for (const result of [painting, flat(48, 40, 0), flat(48, 40, 1), colours(48, 40, 9)]) {
      const sized = { ...photograph, rgb: photograph.rgb.map((_, i) => result.rgb[i % result.rgb.length]) };
      const kept = pixels(finishColours(sized, () => photograph, "keep"));
      for (const [i, pixel] of pixels(photograph).entries()) {
        for (const [channel, value] of chroma(kept[i]).entries()) {
          expect(Math.abs(value - (chroma(pixel)[channel] ?? 0))).toBeLessThan(LEVEL);
        }
      }
    }
  });

  test("that are kept take the result's luma where there is such a colour", () => {
    const grey = flat(48, 40, 0.5);
    const kept = pixels(finishColours(grey, () => palette(photograph, [0.5, 0.5, 0.5]), "keep"));
    for (const pixel of kept) expect(luma(pixel)).toBeCloseTo(0.5, 5);
  });

  test("that alone are transferred leave the photograph's lightness within a level", () => {
    const moved = pixels(finishColours(colours(48, 40, 5), () => photograph, "transfer-only"));
    const toLab = linearToLab();
    const lightness = ([r, g, b]: Triple<number>): number =>
      toLab([srgbToLinear(r), srgbToLinear(g), srgbToLinear(b)])[0];
    for (const [i, pixel] of pixels(photograph).entries()) {
      expect(Math.abs(lightness(moved[i]) - lightness(pixel))).toBeLessThan(0.5);
    }
    expect(moved).not.toEqual(pixels(photograph));
  });

  test.each(COLORS)("of grey and of flat pictures are numbers: %s", (color) => {
    const greys = [flat(48, 40, 0.5), flat(48, 40, 0), flat(48, 40, 1), photograph];
    for (const content of greys) {
      for (const picture of greys) {
        const prepared = prepareColours({ photograph: content, styles: [{ picture, weight: 1 }] }, color);
        for (const { rgb } of [prepared.photograph, ...prepared.styles.map((style) => style.picture)]) {
          expect(rgb.every((value) => value >= 0 && value <= 1)).toBe(true);
        }
        const { rgb } = finishColours(picture, () => content, color);
        expect(rgb.every((value) => value >= 0 && value <= 1)).toBe(true);
      }
    }
  });

  test("are treated on the way as at the end", async () => {
    const engine = await narrowEngine();
    for (const color of COLORS) {
      const shown: Picture[] = [];
      const options = { size: 48, scales: 1, iterations: 3, color };
      const steps = stylize({ content: photograph, styles: subject.styles, options }, engine);
      const { picture } = await drain(steps, async (iterate) => shown.push(await iterate.picture()));
      expect(shown.at(-1)?.rgb).toEqual(picture.rgb);
    }
  });

  test("that are kept are not those of the picture to start from", async () => {
    const engine = await narrowEngine();
    const first = async (initial: Picture) => {
      const options = { size: 48, scales: 1, iterations: 1, color: "keep", init: "start.png" } as const;
      const request = { content: photograph, styles: subject.styles, initial, options };
      return (await drain(stylize(request, engine))).loss.total;
    };
    const coloured = colours(48, 40, 9);
    const grey = Float32Array.from({ length: 48 * 40 }, (_, i) => luma(pixels(coloured)[i]));
    const inGrey = { ...coloured, rgb: Float32Array.from([...grey, ...grey, ...grey]) };
    expect((await first(coloured)) / (await first(inGrey))).toBeCloseTo(1, 4);
  });
});
