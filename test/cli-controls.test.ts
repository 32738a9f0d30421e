/**
 * The controls on the command line: what each of them means, on pictures of a few pixels, and that wrong ones are refused
 * in one sentence.
 * @module
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { runHere as run } from "./cli-here.ts";
import { colours } from "./narrow-engine.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-controls-"));
const env = { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: join(root, "cache") };
const SMALL = ["--size", "48", "--iterations", "4", "--scales", "1", "--device", "cpu", "--threads", "1"];

const grey = (width: number, height: number, at: (x: number) => number): Picture => ({
  width,
  height,
  rgb: Float32Array.from({ length: 3 * width * height }, (_, i) => at((i % width) / width)),
});

const PICTURES: Readonly<Record<string, Picture>> = {
  "photo.png": colours(48, 32, 1),
  "one.png": colours(40, 40, 2),
  "two.png": colours(40, 40, 3),
  "left.png": grey(24, 16, (x) => (x < 0.5 ? 1 : 0)),
  "right.png": grey(96, 20, (x) => (x < 0.5 ? 0 : 1)),
  "black.png": grey(8, 8, () => 0),
};

beforeAll(async () => {
  for (const [name, picture] of Object.entries(PICTURES)) {
    writeFileSync(join(root, name), await encodePicture(picture, "png"));
  }
  mkdirSync(join(root, "paintings"));
  for (const name of ["one.png", "two.png"]) {
    writeFileSync(join(root, "paintings", name), await encodePicture(PICTURES[name], "png"));
  }
  writeFileSync(join(root, "paintings", "notes.txt"), "no picture");
  mkdirSync(join(root, "empty"));
  plain = await paint("one.png");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;

/** The photograph after one painting, with nothing else asked for. */
let plain: Picture;

/** Repaints the photograph, and reads what came of it. */
async function paint(...args: readonly string[]): Promise<Picture> {
  const output = `out-${runs++}.png`;
  const { code, stderr } = await run(["photo.png", ...args, ...SMALL, "-o", output], { cwd: root, env });
  expect(code, stderr).toBe(0);
  return readPicture(join(root, output));
}

describe("The command's controls", () => {
  it("keep the photograph where they are told to, to the level", async () => {
    const { rgb } = await paint("one.png", "--keep", "left.png");
    const photo = await readPicture(join(root, "photo.png"));
    const off = rgb.map((value, i) => Math.abs(value - photo.rgb[i]));
    expect(Math.max(...off.filter((_, i) => i % 48 < 22))).toBeLessThanOrEqual(1 / 255 + 1e-6);
    expect(Math.max(...off.filter((_, i) => i % 48 > 26))).toBeGreaterThan(0.05);
  });

  it("take a mask for each style, in their order", async () => {
    const masked = await paint("one.png", "two.png", "--mask", "left.png", "--mask", "right.png");
    const swapped = await paint("two.png", "one.png", "--mask", "right.png", "--mask", "left.png");
    const other = await paint("one.png", "two.png", "--mask", "right.png", "--mask", "left.png");
    const furthest = (a: Picture, b: Picture) =>
      Math.max(...a.rgb.map((value, i) => Math.abs(value - b.rgb[i])));
    expect(furthest(masked, swapped)).toBeLessThan(0.02);
    expect(furthest(masked, other)).toBeGreaterThan(0.05);
  });

  it("take a folder for one style, whose pictures share its weight", async () => {
    const folder = await paint("paintings", "photo.png:1");
    const named = await paint("paintings/one.png:0.5", "paintings/two.png:0.5", "photo.png:1");
    expect(folder.rgb).toEqual(named.rgb);
  });

  it("give the one style's picture, to the byte, where another has the weight 0", async () => {
    expect((await paint("one.png:1", "two.png:0")).rgb).toEqual(plain.rgb);
  });

  it("look at a part of a painting", async () => {
    const part = await paint("one.png", "--style-crop", "50,0,50,50%");
    const { width, height, rgb } = PICTURES["one.png"];
    const quarter = {
      width: width / 2,
      height: height / 2,
      rgb: Float32Array.from({ length: rgb.length / 4 }, (_, i) => {
        const [x, y, channel] = [i % 20, Math.floor(i / 20) % 20, Math.floor(i / 400)];
        return rgb[(channel * height + y) * width + 20 + x];
      }),
    };
    writeFileSync(join(root, "quarter.png"), await encodePicture(quarter, "png"));
    expect(part.rgb).toEqual((await paint("quarter.png")).rgb);
  });

  it.each([["keep"], ["match"], ["transfer-only"]])("treat colours: %s", async (color) => {
    const treated = await paint("one.png", "--color", color);
    expect(treated.rgb).not.toEqual(plain.rgb);
  });

  it("start from the style, mix in noise, and pool in three ways", async () => {
    const pictures = [
      plain,
      await paint("one.png", "--init", "style"),
      await paint("one.png", "--noise-ratio", "0.5"),
      await paint("one.png", "--pooling", "average"),
      await paint("one.png", "--pooling", "l2"),
    ];
    const distinct = new Set(pictures.map(({ rgb }) => rgb.slice(0, 200).join()));
    expect(distinct.size).toBe(pictures.length);
  });

  it.each([
    ["a mask that is black", ["one.png", "--mask", "black.png"], 'The mask "black.png" is black everywhere'],
    [
      "too few masks",
      ["one.png", "two.png", "--mask", "left.png"],
      "once for each style of a picture, in their order, but received 1 for 2",
    ],
    ["a mask that is not there", ["one.png", "--mask", "nowhere.png"], "nowhere.png"],
    ["a mask that is no picture", ["one.png", "--mask", "paintings/notes.txt"], "notes.txt"],
    ["nothing to keep", ["one.png", "--keep", "black.png"], 'The mask "black.png" is black everywhere'],
    ["a part outside of the painting", ["one.png", "--style-crop", "60,0,50,50"], 'received "60,0,50,50"'],
    ["a part that is none", ["one.png", "--style-crop", "middle"], 'received "middle"'],
    ["a folder without pictures", ["empty"], 'no picture in the folder "empty"'],
    [
      "a colour that there is not",
      ["one.png", "--color", "blue"],
      "one of style, keep, match, transfer-only",
    ],
    ["two things to keep", ["one.png", "--keep", "left.png", "--keep", "right.png"], "--keep once"],
    [
      "an output over a mask",
      ["one.png", "--mask", "left.png", "-o", "left.png"],
      "would write over the input",
    ],
  ])("are refused in one sentence: %s", async (_, args, says) => {
    const before = readdirSync(root);
    const { code, stderr } = await run(["photo.png", ...SMALL, "--quiet", ...args], { cwd: root, env });
    expect(stderr).toContain(says);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect([1, 2]).toContain(code);
    expect(readdirSync(root)).toEqual(before);
  });
});
