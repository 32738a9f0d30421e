/**
 * Rows that go up and down in turns all over a picture: what the built-in network's pooling left in the default preset's.
 */
import { expect, test } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { openEngine } from "../src/transfer/engine.node.ts";
import { parseOptions } from "../src/transfer/options.ts";
import { resolveSettings } from "../src/transfer/settings.ts";
import { drain, repaint } from "../src/transfer/stylize.ts";

const example = (name: string) => readPicture(new URL(`../examples/${name}`, import.meta.url).pathname);

/** The power of each frequency of the rows' mean brightness, from 0 to one in two rows. */
function rowSpectrum({ width, height, rgb }: Picture): readonly number[] {
  const rows = height - (height % 2);
  const means = Array.from({ length: rows }, (_, y) =>
    [0, 1, 2].reduce((sum, plane) => {
      const start = (plane * height + y) * width;
      return sum + rgb.subarray(start, start + width).reduce((a, b) => a + b, 0);
    }, 0),
  );
  return Array.from({ length: rows / 2 + 1 }, (_, frequency) => {
    const part = (wave: (angle: number) => number) =>
      means.reduce((sum, mean, y) => sum + mean * wave((2 * Math.PI * frequency * y) / rows), 0);
    return part(Math.cos) ** 2 + part(Math.sin) ** 2;
  });
}

/** How much of a frequency of one in two rows there is, as a multiple of the frequencies around it. */
function alternation(picture: Picture): number {
  const spectrum = rowSpectrum(picture);
  const around = spectrum.slice(-21, -2).toSorted((a, b) => a - b);
  return spectrum[spectrum.length - 1] / around[Math.floor(around.length / 2)];
}

test("the default preset leaves no stripes of two rows with the built-in network, as it would if rows were free", async () => {
  const engine = await openEngine({ network: "built-in", device: "cpu" });
  const [content, painting] = [await example("cat.png"), await example("starry_night.jpg")];
  const settings = resolveSettings(parseOptions({ size: 192, iterations: 14 }));
  const paint = async (levelled: boolean) => {
    const request = { content, styles: [{ picture: painting, weight: 1 }] };
    const doubling = [48, 96, 192].map((longest) => ({ longest, iterations: 14 }));
    const steps = levelled ? settings : { ...settings, levelled, schedule: () => doubling };
    return (await drain(repaint(request, steps, engine))).picture;
  };
  expect(alternation(await paint(false))).toBeGreaterThan(6);
  expect(alternation(await paint(true))).toBeLessThan(2);
});
