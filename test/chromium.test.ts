/**
 * The library in a real browser: the same losses and gradients as under Node, pictures read and made, and runs that outlive
 * their worker or their device.
 */
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { openRaw } from "../src/image/sharp.node.ts";
import {
  decodePicture,
  drain,
  encodePicture,
  type Measurement,
  measure,
  type OptionsInput,
  openEngine,
  type Picture,
  readPicture,
  stylize,
} from "../src/index.ts";
import { type Found, find } from "./browser-page/find.ts";
import { CHROMIUM, type OpenedChromium, openChromium } from "./chromium.ts";
import { relativeError } from "./evaluate.ts";
import { colours } from "./narrow-engine.ts";

const { IMPASTO_WEIGHTS, IMPASTO_FIXTURES } = process.env;
const examples = fileURLToPath(new URL("../examples", import.meta.url));

/** Milliseconds: SwiftShader compiles its kernels for long where other programs compute as well. */
const PATIENCE = 240_000;

/** Kernels that the picture's loss takes as well. */
const FEW_KERNELS = {
  preset: "neural-style",
  contentLayers: { conv2_1: 1 },
  styleLayers: { conv1_1: 1, conv2_1: 1 },
  size: 32,
  scales: 1,
  iterations: 4,
} as const;

const SMALL = { size: 48, scales: 1, iterations: 5 } as const;

describe.skipIf(CHROMIUM === undefined)("In Chromium (needs Chromium)", { timeout: PATIENCE }, () => {
  let opened: OpenedChromium;
  let tab: Page;

  beforeAll(async () => {
    opened = await openChromium({
      "/examples/": examples,
      ...(IMPASTO_WEIGHTS ? { "/weights/": dirname(IMPASTO_WEIGHTS) } : {}),
    });
    tab = await opened.open("isolated");
  });
  afterAll(() => opened?.close());

  describe("the built-in network", () => {
    test("has Node's losses and gradients by WebAssembly", async () => {
      const there = await tab.evaluate(
        (picture) => page.find({ device: "wasm", threads: 2 }, picture),
        PICTURES.image,
      );
      expect(there).toMatchObject({ device: "wasm", threads: 2 });
      await expectAsUnderNode(there, PICTURES.image);
      const measured = await tab.evaluate((pictures) => page.measure({ device: "wasm" }, pictures), PICTURES);
      expectLosses(measured, await measure(PICTURES, await underNode()));
    });

    test("has Node's losses and gradients by WebGPU, and a run goes on by WebAssembly once the device is lost", async () => {
      const words = { picture: colours(32, 32, 1), options: FEW_KERNELS };
      const other = await opened.open("isolated");
      const { found, kept, failure, resumed } = await other.evaluate(
        ({ picture, options }) => page.loseDevice(picture, options, 2),
        words,
      );
      await other.close();
      expect(found).toMatchObject({ device: "webgpu" });
      await expectAsUnderNode(found, words.picture);
      expect(failure).toMatch(/^true: .*device "webgpu".* \(.+\): go on from the state/);
      expect(kept).toEqual(Float32Array.of(4, 8, 12));
      const losses = await lossesUnderNode(words.options);
      expect(relativeError(resumed.losses, losses.slice(2))).toBeLessThan(1e-2);
      expect(resumed.result).toMatchObject({ evaluations: 4, stopped: false });
    });

    test("has one thread where the page is not isolated, and says what more of them need", async () => {
      const plain = await opened.open("plain");
      const there = await plain.evaluate((picture) => page.find({}, picture), PICTURES.image);
      expect(there).toMatchObject({ device: "wasm", threads: 1 });
      const two = await plain.evaluate(() => page.opening({ threads: 2 }));
      expect(two).toMatch(/^true: 2 threads need a page that is isolated.*Cross-Origin-Opener-Policy/);
      await plain.close();
    });

    test("is not opened where something is not there, and that is said", async () => {
      expect(await tab.evaluate(() => page.opening({ network: "/nothing.h5" }))).toMatch(
        /^true: .*nothing\.h5 cannot be fetched \(status 404\)/,
      );
      expect(await tab.evaluate(() => page.opening({ network: "vgg19" }))).toMatch(/needs its weights/);
      expect(await tab.evaluate(() => page.opening({ device: "cuda" }))).toMatch(
        /not available in a browser/,
      );
      expect(await tab.evaluate(() => page.opening({ device: "wasm", threads: 1 }))).toMatch(
        /opened here with 2 threads/,
      );
    });
  });

  describe.skipIf(!IMPASTO_WEIGHTS || !IMPASTO_FIXTURES)(
    "VGG-19 (needs IMPASTO_WEIGHTS and IMPASTO_FIXTURES)",
    () => {
      test("has the golden losses of PyTorch in float64", async () => {
        const parity = join(IMPASTO_FIXTURES ?? "", "parity");
        const [image, content, style] = await Promise.all(
          ["image", "content", "style"].map((name) => readPicture(join(parity, `${name}.png`))),
        );
        const golden = fixture.parse(JSON.parse(await readFile(join(parity, "expected.json"), "utf8")));
        const words = {
          options: { device: "wasm", threads: 2, network: `/weights/${basename(IMPASTO_WEIGHTS ?? "")}` },
          pictures: { image, content, style, pooling: "max" },
        } as const;
        const there = await tab.evaluate(({ options, pictures }) => page.measure(options, pictures), words);
        expectLosses(there, golden.max);
      });
    },
  );

  describe("a picture", () => {
    const jpeg = { quality: 95, chromaSubsampling: "4:4:4" } as const;

    test.each<[string, (opened: Sharp) => Sharp, number]>([
      ["a PNG", (opened) => opened.png(), 0],
      ["a JPEG", (opened) => opened.jpeg(jpeg), 1],
      ["a JPEG that lies on its side", (opened) => opened.jpeg(jpeg).withMetadata({ orientation: 6 }), 1],
      ["a JPEG of Display P3", (opened) => opened.jpeg(jpeg).withIccProfile("p3"), 2],
      ["a lossless WebP", (opened) => opened.webp({ lossless: true }), 0],
      ["an AVIF", (opened) => opened.avif({ quality: 90, effort: 0, chromaSubsampling: "4:4:4" }), 2],
      ["a GIF", (opened) => opened.gif(), 0],
    ])("is read from %s as under Node", async (name, encode, levels) => {
      const bytes = await encode(await smooth()).toBuffer();
      const there = await decodeThere(bytes, name);
      const here = await decodePicture(bytes, name);
      expect({ ...there, rgb: [] }).toEqual({ ...here, rgb: [] });
      expect(furthest(there.rgb, here.rgb)).toBeLessThanOrEqual(levels);
    });

    test("has the colours that its alpha hides, and its alpha", async () => {
      const picture = translucent();
      const there = await decodeThere(await encodePicture(picture, "png"), "alpha.png");
      expect(furthest(there.alpha ?? [], picture.alpha)).toBe(0);
      const seen = picture.rgb.map((value, i) => (picture.alpha[i % SIZE] > 0 ? value : 0));
      expect(furthest(there.rgb, seen)).toBe(0);
    });

    test("keeps colours beyond sRGB where they are asked for", async () => {
      const picture: Picture = { ...colours(8, 8, 4), profile: "display-p3" };
      const bytes = await encodePicture(picture, "png");
      const there = await decodeThere(bytes, "wide.png", { profile: "display-p3" });
      expect(there.profile).toBe("display-p3");
      expect(furthest(there.rgb, picture.rgb)).toBeLessThanOrEqual(1);
    });

    test("is reduced where it is larger than it is needed and there is no room, and says so", async () => {
      const bytes = await (await smooth()).png().toBuffer();
      const options = { needed: { width: 16, height: 12 }, memory: 20_000 };
      const { width, height, rgb, notes } = await decodeThere(bytes, "large.png", options);
      expect(notes).toEqual(['"large.png" has 64×48 pixels and was reduced to 16×12 as it was read.']);
      expect([width, height, rgb.length]).toEqual([16, 12, 3 * 16 * 12]);
    });

    test("that is broken, none, or too large is refused by its name", async () => {
      const png = await (await smooth()).png().toBuffer();
      const huge = Uint8Array.from(png);
      new DataView(huge.buffer).setUint32(16, 60_000);
      new DataView(huge.buffer).setUint32(20, 60_000);
      const refusal = (bytes: Uint8Array) =>
        tab.evaluate((bytes) => page.refusal({ bytes, name: "x.png" }), Uint8Array.from(bytes));
      expect(await refusal(png.subarray(0, 400))).toMatch(/^true: "x.png" is damaged or cut short/);
      expect(await refusal(new Uint8Array())).toMatch(/^true: "x.png" is empty/);
      expect(await refusal(new TextEncoder().encode("no picture"))).toMatch(
        /^true: "x.png" is not a picture/,
      );
      expect(await refusal(huge)).toMatch(/^true: "x.png" is larger than impasto's limit of 100 megapixels/);
    });

    test("is written as a PNG that Node reads to the last bit, with its recipe and profile", async () => {
      const wide: Picture = { ...translucent(), profile: "display-p3" };
      const words = { picture: wide, options: { depth: 16, recipe: '{"seed":1}' } } as const;
      const bytes = await tab.evaluate(({ picture, options }) => page.encode(picture, options), words);
      const here = await encodePicture(wide, "png", words.options);
      const profile = { profile: "display-p3" } as const;
      expect(await decodePicture(bytes, "there.png", profile)).toEqual(
        await decodePicture(here, "here.png", profile),
      );
      expect(new TextDecoder("latin1").decode(bytes)).toContain('impasto\0\0\0\0\0{"seed":1}');
    });
  });

  describe("a run", () => {
    test("comes to Node's losses in the page", async () => {
      const losses = await lossesUnderNode(SMALL);
      const inPage = await tab.evaluate((options) => page.stylize(options), SMALL);
      expect(relativeError(inPage.losses, losses)).toBeLessThan(1e-2);
      expect(inPage.result).toMatchObject({ evaluations: 5, picture: { width: 48, height: 32 } });
    });

    test("leaves the page free in a worker, and outlives it: from a saved state another comes to the same picture", async () => {
      const { whole, turns, failure, resumed } = await tab.evaluate(
        (options) => page.endWorker(options, 2),
        SMALL,
      );
      expect(turns).toBeGreaterThan(5);
      expect(failure).toBe("true: The engine stopped: it was closed.");
      expect(whole.losses).toHaveLength(5);
      expect(resumed.losses).toEqual(whole.losses.slice(2));
      expect(resumed.result.picture).toEqual(whole.result.picture);
    });

    test.each([
      ["wasm", 32_760],
      ["wasm", 2 ** 15],
      ["webgpu", 30_000],
    ] as const)(
      "that needs more memory than there is fails clearly: %s, %i² values",
      async (device, side) => {
        const words = { device, side };
        const [failure, after] = await tab.evaluate(({ device, side }) => page.exhaust(device, side), words);
        expect(failure).toMatch(/^true: There is too little memory on the device/);
        expect(after).toBe(2);
      },
    );
  });

  const decodeThere = (bytes: Uint8Array, name: string, options: Parameters<typeof page.decode>[1] = {}) =>
    tab.evaluate(({ file, options }) => page.decode(file, options), {
      file: { bytes: Uint8Array.from(bytes), name },
      options,
    });
});

const fixture = z.object({
  max: z.object({
    content: z.record(z.string(), z.number()),
    style: z.record(z.string(), z.number()),
    total: z.number(),
    gradientNorm: z.number(),
  }),
});

const [image, content, style] = [1, 2, 3].map((seed) => colours(48, 48, seed));
const PICTURES = { image, content, style, pooling: "max" } as const;

const underNode = () => openEngine({ device: "cpu", network: "built-in", threads: 2 });

/** A picture of few, smooth colours, which every codec keeps. */
function smooth(): Promise<Sharp> {
  const [width, height] = [64, 48];
  const samples = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return [60 + 2 * Math.floor(x / 4), 200 - 3 * Math.floor(y / 4), 90][i % 3] ?? 0;
  });
  return openRaw(samples, { width, height, channels: 3 });
}

const SIZE = 256;

/** A line of all alphas there are. */
const translucent = () => ({
  width: SIZE,
  height: 1,
  rgb: Float32Array.from({ length: 3 * SIZE }, (_, i) => ((37 * i) % 256) / 255),
  alpha: Float32Array.from({ length: SIZE }, (_, i) => i / 255),
});

/** The largest difference, in levels of 255, rounded. */
const furthest = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
  one.length === other.length
    ? Math.round(
        255 * Array.from(one).reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0),
      )
    : Number.POSITIVE_INFINITY;

/** Expects what was found in a browser to be what is found here. */
async function expectAsUnderNode(there: Found, picture: Picture): Promise<void> {
  const here = await find(await underNode(), picture);
  expect(Math.abs(there.loss / here.loss - 1)).toBeLessThan(1e-4);
  expect(relativeError(there.gradient, here.gradient)).toBeLessThan(1e-3);
}

/** The losses of a run of the pictures that the page takes. */
async function lossesUnderNode(options: OptionsInput): Promise<readonly number[]> {
  const [content, picture] = await Promise.all(
    ["cat.png", "starry_night.jpg"].map((name) => readPicture(join(examples, name))),
  );
  const losses: number[] = [];
  const steps = stylize({ content, styles: [{ picture, weight: 1 }], options }, await underNode());
  await drain(steps, ({ loss }) => losses.push(loss.total));
  return losses;
}

/** The losses of a measurement. */
type Losses = Pick<Measurement, "content" | "style" | "total" | "gradientNorm">;

/** Expects losses to agree to 1e-4, and the gradient's norm to 1e-3. */
function expectLosses(there: Losses, here: Losses): void {
  const ratios = (found: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>) =>
    Object.entries(wanted).map(([layer, loss]) => Math.abs(found[layer] / loss - 1));
  const all = [
    ...ratios(there.content, here.content),
    ...ratios(there.style, here.style),
    Math.abs(there.total / here.total - 1),
  ];
  expect(all).toHaveLength(7);
  expect(all.filter((ratio) => !(ratio < 1e-4))).toEqual([]);
  expect(Math.abs(there.gradientNorm / here.gradientNorm - 1)).toBeLessThan(1e-3);
}
