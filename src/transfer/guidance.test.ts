import { describe, expect, test } from "vitest";
import { colours, narrowEngine } from "../../test/narrow-engine.ts";
import { MisuseError } from "../errors.ts";
import { type Mask, maskOf } from "../image/mask.ts";
import type { Picture } from "../image/picture.ts";
import { leastRegion } from "./blocks.ts";
import { lossOfKind } from "./objective.ts";
import type { OptionsInput } from "./options.ts";
import type { StylizeRequest } from "./run.ts";
import { drain, stylize } from "./stylize.ts";

const engine = await narrowEngine();
const [width, height] = [64, 48];
const content = colours(width, height, 1);
const [dark, bright] = [plain(0.2, 2), plain(0.8, 3)];

/** A painting of one brightness, with some grain. */
function plain(brightness: number, seed: number): Picture {
  const grain = colours(48, 48, seed);
  return { ...grain, rgb: grain.rgb.map((value) => brightness + 0.1 * (value - 0.5)) };
}

/** A mask from a function of place. */
const masked = (at: (x: number, y: number) => number, size = { width, height }): Mask => ({
  ...size,
  values: Float32Array.from({ length: size.width * size.height }, (_, i) =>
    at((i % size.width) / size.width, Math.floor(i / size.width) / size.height),
  ),
});

const left = masked((x) => (x < 0.5 ? 1 : 0));
const right = masked((x) => (x < 0.5 ? 0 : 1));
const everywhere = masked(() => 1);

const OPTIONS = {
  preset: "impasto",
  size: width,
  scales: 1,
  iterations: 40,
  contentWeight: 0,
  styleLayers: { conv1_1: 1, conv2_1: 1 },
} as const satisfies OptionsInput;

const paint = (request: Omit<StylizeRequest, "content">, options: OptionsInput = OPTIONS) =>
  drain(stylize({ content, options, ...request }, engine));

/** The mean of a picture's columns from one place to another. */
function meanOf({ width, height, rgb }: Picture, from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < rgb.length; i++) {
    const x = (i % width) / width;
    if (x < from || x >= to) continue;
    sum += rgb[i];
    count += 1;
  }
  expect(count).toBeGreaterThan(3 * height);
  return sum / count;
}

describe("A mask", () => {
  test("lets its style paint its region, and the other style the other", async () => {
    const both = await paint({
      styles: [
        { picture: dark, weight: 1, mask: left },
        { picture: bright, weight: 1, mask: right },
      ],
    });
    expect(meanOf(both.picture, 0, 0.45)).toBeLessThan(0.4);
    expect(meanOf(both.picture, 0.55, 1)).toBeGreaterThan(0.6);
    const swapped = await paint({
      styles: [
        { picture: dark, weight: 1, mask: right },
        { picture: bright, weight: 1, mask: left },
      ],
    });
    expect(meanOf(swapped.picture, 0, 0.45)).toBeGreaterThan(0.6);
    expect(meanOf(swapped.picture, 0.55, 1)).toBeLessThan(0.4);
  });

  test("that is white everywhere changes nothing but the last digits", async () => {
    const once = { ...OPTIONS, iterations: 1 };
    const plainly = await paint({ styles: [{ picture: dark, weight: 1 }] }, once);
    const white = await paint({ styles: [{ picture: dark, weight: 1, mask: everywhere }] }, once);
    for (const [name, loss] of Object.entries(plainly.loss.terms)) {
      expect(Math.abs(white.loss.terms[name] - loss), name).toBeLessThanOrEqual(1e-5 * loss);
    }
  });

  test("may be of any size, and soft", async () => {
    const soft = masked((x) => Math.min(1, Math.max(0, 2.5 * (x - 0.3))), { width: 17, height: 200 });
    const rest = { ...soft, values: soft.values.map((value) => 1 - value) };
    const { picture } = await paint({
      styles: [
        { picture: dark, weight: 1, mask: rest },
        { picture: bright, weight: 1, mask: soft },
      ],
    });
    const [first, middle, last] = [
      meanOf(picture, 0, 0.25),
      meanOf(picture, 0.4, 0.6),
      meanOf(picture, 0.75, 1),
    ];
    expect(first).toBeLessThan(middle);
    expect(middle).toBeLessThan(last);
  });

  test("gives the same losses in blocks as in the whole picture", async () => {
    const large = { width: 256, height: 208 };
    const request = {
      content: colours(large.width, large.height, 5),
      styles: [
        { picture: dark, weight: 2, mask: left },
        { picture: bright, weight: 1, mask: right },
      ],
      keep: masked((x, y) => (x > 0.4 && x < 0.7 && y < 0.5 ? 1 : 0)),
      options: { ...OPTIONS, size: large.width, contentWeight: 0.05, iterations: 1 },
    };
    const mostPixels = leastRegion(["conv4_2"]);
    expect(mostPixels).toBeLessThan(large.width * large.height);
    const plan = [{ ...large, iterations: 1, mostPixels }];
    const whole = await drain(stylize(request, engine));
    const blocks = await drain(stylize(request, engine, { plan }));
    for (const [name, loss] of Object.entries(whole.loss.terms)) {
      expect(Math.abs(blocks.loss.terms[name] - loss), name).toBeLessThanOrEqual(1e-4 * loss);
    }
    expect(Object.keys(whole.loss.terms)).toContain("style.conv1_1.2");
    expect(lossOfKind(whole.loss, "style")).toBeGreaterThan(0);
  });

  test("compares a style with what is within it, and with nothing else", async () => {
    // A photograph that is one painting on the left and another on the right.
    const halves = dark.rgb.map((value, i) => (i % 48 < 24 ? value : bright.rgb[i]));
    const photograph = { ...dark, rgb: halves };
    const half = (side: number) =>
      masked((x) => (x < 0.5 === (side === 0) ? 1 : 0), { width: 48, height: 48 });
    const lossOf = async (picture: Picture, side: number) => {
      const styles = [{ picture, weight: 1, mask: half(side) }];
      const options = { ...OPTIONS, size: 48, iterations: 1 };
      return (await drain(stylize({ content: photograph, styles, options }, engine))).loss.total;
    };
    expect(await lossOf(dark, 0)).toBeLessThan(0.25 * (await lossOf(bright, 0)));
    expect(await lossOf(bright, 1)).toBeLessThan(0.25 * (await lossOf(dark, 1)));
  });

  test("that is black everywhere is refused", () => {
    const black: Picture = { width: 4, height: 4, rgb: new Float32Array(48) };
    expect(() => maskOf(black, "sky.png")).toThrow(MisuseError);
    expect(() => maskOf(black, "sky.png")).toThrow(/^sky\.png is black everywhere/);
    const clear = { ...black, rgb: black.rgb.map(() => 1), alpha: new Float32Array(16) };
    expect(() => maskOf(clear)).toThrow(MisuseError);
  });
});

test("A region of which nothing is left is refused by its number", async () => {
  const styles = [
    { picture: dark, weight: 1, mask: left },
    { picture: bright, weight: 1, mask: right },
  ];
  await expect(paint({ styles, keep: right })).rejects.toThrow(/^Nothing is left to paint for style 2: /);
  await expect(paint({ styles, keep: everywhere })).rejects.toThrow(MisuseError);
});

describe("What is kept", () => {
  const kept = masked((x, y) => (x > 0.25 && x < 0.75 && y > 0.25 && y < 0.75 ? 1 : 0));
  const inside = (i: number): boolean => kept.values[i % (width * height)] === 1;

  test.each(["content", "noise"])(
    "equals the photograph, also from %s, and the rest is painted",
    async (init) => {
      const { picture } = await paint(
        { styles: [{ picture: dark, weight: 1 }], keep: kept },
        { ...OPTIONS, init },
      );
      const off = picture.rgb.map((value, i) => Math.abs(value - content.rgb[i]));
      expect(Math.max(...off.filter((_, i) => inside(i)))).toBeLessThan(1 / 255);
      expect(Math.max(...off.filter((_, i) => !inside(i)))).toBeGreaterThan(0.1);
    },
  );

  test("is no part of the style: what is painted has the style without it", async () => {
    const white = { ...content, rgb: content.rgb.map((value, i) => (inside(i) ? 1 : value)) };
    const { picture } = await drain(
      stylize(
        { content: white, styles: [{ picture: dark, weight: 1 }], keep: kept, options: OPTIONS },
        engine,
      ),
    );
    const { picture: polluted } = await drain(
      stylize({ content: white, styles: [{ picture: dark, weight: 1 }], options: OPTIONS }, engine),
    );
    expect(meanOf(picture, 0, 0.2)).toBeLessThan(0.42);
    expect(meanOf(picture, 0, 0.2)).toBeGreaterThan(meanOf(polluted, 0, 0.2) - 0.1);
  });

  test("is shown on the way, and where the run was stopped at a smaller size", async () => {
    const controller = new AbortController();
    const steps = stylize(
      {
        content,
        styles: [{ picture: dark, weight: 1 }],
        keep: kept,
        options: { ...OPTIONS, size: 256, scales: 2, iterations: 4 },
      },
      engine,
      { signal: controller.signal },
    );
    const stopped = await drain(steps, async (iterate) => {
      const shown = await iterate.picture();
      expect(shown.rgb.every(Number.isFinite)).toBe(true);
      if (iterate.evaluation === 2) controller.abort();
    });
    expect(stopped.stopped).toBe(true);
    expect(stopped.picture.width).toBe(256);
  });
});

test("A region that is gone at the last size is refused before any work at the first", async () => {
  // At half the size antialiasing leaves a sliver between them.
  const upTo = (column: number) => masked((x) => (x < column / width ? 1 : 0));
  const styles = [
    { picture: dark, weight: 1, mask: upTo(31) },
    { picture: bright, weight: 1 },
  ];
  const plan = [
    { width: 33, height: 24, iterations: 1 },
    { width, height, iterations: 1 },
  ];
  let evaluations = 0;
  const steps = stylize({ content, styles, keep: upTo(31), options: OPTIONS }, engine, { plan });
  const running = drain(steps, () => {
    evaluations += 1;
  });
  await expect(running).rejects.toThrow(
    "Nothing is left to paint for style 1: its mask and what is kept of the photograph leave no place at 64×48.",
  );
  expect(evaluations).toBe(0);
});

test.each([
  ["too few values", { width, height, values: new Float32Array(7) }, /Expected 64×48 values .* received 7/],
  ["values of 255", masked(() => 255), /values from 0 to 1 .* received 255/],
  ["no numbers", masked(() => Number.NaN), /values from 0 to 1 .* received NaN/],
])("A mask with %s is refused", async (_, mask, message) => {
  const style = { picture: dark, weight: 1 };
  await expect(paint({ styles: [{ ...style, mask }] })).rejects.toThrow(message);
  await expect(paint({ styles: [style], keep: mask })).rejects.toThrow(message);
});

test("What is kept of a photograph with transparent parts has its own colours, however faint", async () => {
  const alpha = Float32Array.from({ length: width * height }, (_, i) => (i % 5) / 4);
  const faint = { ...content, alpha };
  const { picture } = await drain(
    stylize(
      {
        content: faint,
        styles: [{ picture: dark, weight: 1 }],
        keep: left,
        options: { ...OPTIONS, iterations: 2 },
      },
      engine,
    ),
  );
  expect(picture.alpha).toEqual(alpha);
  for (let i = 0; i < picture.rgb.length; i++) {
    if (i % width >= 30) continue;
    expect(Math.abs(picture.rgb[i] - content.rgb[i])).toBeLessThan(1 / 255);
  }
});
