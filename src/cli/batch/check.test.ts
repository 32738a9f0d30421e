import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { MisuseError } from "../../errors.ts";
import { encodePicture } from "../../image/encode.node.ts";
import { temporaryBeside } from "../../image/replace.node.ts";
import { checkPieces } from "./check.ts";
import { readBatch } from "./pieces.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-pieces-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(root, "case-"));
  mkdirSync(at("out"));
  for (const name of ["masks", "monet", "empty"]) mkdirSync(at(name));
  for (const name of ["p1.png", "p2.png", "s1.png", "monet/1.png", "monet/2.png", "monet/notes.txt"]) {
    writeFileSync(at(name), name);
  }
});

/** Writes a picture with a recipe. */
async function writeResult(name: string): Promise<void> {
  const picture = { width: 2, height: 2, rgb: new Float32Array(12) };
  writeFileSync(at(name), await encodePicture(picture, "png", { recipe: "{}" }));
}

/** What a batch comes to; patterns and outputs begin at the folder, and so does its file of jobs. */
async function check(flags: Readonly<Record<string, unknown>>, jobs?: string) {
  if (jobs !== undefined) writeFileSync(at("jobs.yaml"), jobs);
  const inFolder = (patterns: unknown) => (Array.isArray(patterns) ? patterns.map(at) : undefined);
  const { content, style, output, mask, keep, ...others } = flags;
  const { pieces, options } = await readBatch({
    ...others,
    content: inFolder(content),
    style: inFolder(style),
    mask: inFolder(mask),
    ...(keep === undefined ? {} : { keep: at(String(keep)) }),
    ...(output === undefined ? {} : { output: at(String(output)) }),
    ...(jobs === undefined ? {} : { jobs: at("jobs.yaml") }),
  });
  return checkPieces(pieces, options.network);
}

const PAIRS = { content: ["p*.png"], style: ["s1.png"], output: "out/{content}.png" };

describe("The pictures of a batch", () => {
  test("have nothing beside them that a batch left which was killed, finished or not", async () => {
    await writeResult("out/p1.png");
    for (const name of ["p1", "p2"]) writeFileSync(temporaryBeside(at(`out/${name}.png`)), "half a picture");
    await check(PAIRS);
    expect(readdirSync(at("out"))).toEqual(["p1.png"]);
  });

  test("are every pair, photograph by photograph", async () => {
    const pieces = await check({
      ...PAIRS,
      style: ["s1.png", "p1.png"],
      output: "out/{content}-{style}.png",
    });
    expect(pieces.map(({ output }) => output)).toEqual(
      ["p1-s1", "p1-p1", "p2-s1", "p2-p1"].map((name) => at(`out/${name}.png`)),
    );
  });

  test("have the options of the command line before their own, and those before what holds for all", async () => {
    const jobs =
      "{size: 64, seed: 1, iterations: 5, jobs: [{content: p1.png, style: s1.png, size: 96, seed: 2}]}";
    const [piece] = await check({ seed: 3, output: "out/a.png" }, jobs);
    expect(piece?.options).toMatchObject({ size: 96, seed: 3, iterations: 5 });
  });

  test("have the names of their pictures in those of their masks, unless there is a file of the very name", async () => {
    for (const name of ["p1", "p2", "{style}"]) writeFileSync(at(`masks/${name}.png`), name);
    const pieces = await check({ ...PAIRS, mask: ["masks/{style}.png"], keep: "masks/{content}.png" });
    expect(pieces.map(({ keep, styles }) => [keep, styles[0]?.mask])).toEqual([
      [at("masks/p1.png"), at("masks/{style}.png")],
      [at("masks/p2.png"), at("masks/{style}.png")],
    ]);
  });

  test("have a folder for one style, of the folder's name", async () => {
    const flags = { content: ["p1.png"], style: ["monet/", "s1.png"], output: "out/{style}.png" };
    const pieces = await check({ ...flags, styleCrop: ["0,0,50,100"] });
    const crop = { left: 0, top: 0, width: 0.5, height: 1 };
    expect(pieces.map(({ output, styles }) => ({ output, styles }))).toEqual([
      {
        output: at("out/monet.png"),
        styles: ["monet/1.png", "monet/2.png"].map((name) => ({ path: at(name), weight: 0.5, crop })),
      },
      { output: at("out/s1.png"), styles: [{ path: at("s1.png"), weight: 1, crop }] },
    ]);
  });

  test("have regions of the command line before their own, and those before what holds for all", async () => {
    for (const name of ["a", "b", "c"]) writeFileSync(at(`masks/${name}.png`), name);
    const jobs = `
keep: masks/a.png
mask: masks/a.png
style-crop: 0,0,50,50
output: out/a.png
jobs:
  - {content: p1.png, style: s1.png}
  - {content: p1.png, blend: [s1.png, "monet:3"], masks: [masks/b.png, masks/c.png], keep: masks/b.png, output: out/b.png}
`;
    const [one, two] = await check({}, jobs);
    const crop = { left: 0, top: 0, width: 0.5, height: 0.5 };
    expect(one).toMatchObject({ keep: at("masks/a.png"), styles: [{ mask: at("masks/a.png"), crop }] });
    expect(two).toMatchObject({ keep: at("masks/b.png"), named: [at("s1.png"), at("monet")] });
    expect(two?.styles).toEqual([
      { path: at("s1.png"), weight: 1, mask: at("masks/b.png"), crop },
      { path: at("monet/1.png"), weight: 1.5, mask: at("masks/c.png"), crop },
      { path: at("monet/2.png"), weight: 1.5, mask: at("masks/c.png"), crop },
    ]);
    const given = await check({ keep: "masks/c.png", styleCrop: ["50,50,50,50"] }, jobs);
    expect(given.map(({ keep, styles }) => [keep, styles[0]?.crop?.left])).toEqual([
      [at("masks/c.png"), 0.5],
      [at("masks/c.png"), 0.5],
    ]);
  });

  test("are left out where they would be of earlier results, whatever masks these would need", async () => {
    for (const name of ["p1", "p2"]) writeFileSync(at(`masks/${name}.png`), name);
    const flags = {
      content: ["p*.png"],
      style: ["s1.png"],
      output: "{content}-{style}.png",
      keep: "masks/{content}.png",
    };
    await writeResult("p1-s1.png");
    const pieces = await check(flags);
    expect(pieces.map(({ output }) => output)).toEqual([at("p1-s1.png"), at("p2-s1.png")]);
  });

  test.each([
    [{}, "impasto batch needs --content and --style, or a file of --jobs."],
    [{ content: ["p1.png"] }, "impasto batch needs --content and --style"],
    [{ ...PAIRS, style: ["*.tif"] }, /No file matches ".*\.tif" of --style/],
    [
      { ...PAIRS, output: "out/{style}.png" },
      /would be the result of both ".*p1\.png" with ".*" and ".*p2\.png" with/,
    ],
    [{ ...PAIRS, output: "out/{photo}.png" }, "There is no {photo} to fill in"],
    [{ ...PAIRS, output: "nowhere/{content}.png" }, /no folder ".*nowhere", and folders are not created/],
    [{ ...PAIRS, output: "out/{content}.bmp" }, /ends in one of .* but received ".*p1\.bmp"/],
    [{ ...PAIRS, output: "out/../{content}.png" }, /--output would write over the input ".*p1\.png"/],
    [
      { ...PAIRS, style: ["s1.png", "p2.png"], output: "out/../{style}.png", content: ["p1.png"] },
      /over the input/,
    ],
    [{ ...PAIRS, size: 5 }, "for --size but received 5"],
    [{ ...PAIRS, strength: 1, styleWeight: 1 }, "--strength stands for"],
    [{ ...PAIRS, init: "gone.png" }, 'no file "gone.png"'],
    [{ ...PAIRS, content: ["monet"] }, /"[^"]*monet" is a folder, and --content takes files/],
    [{ ...PAIRS, style: ["empty"] }, /no picture in the folder ".*empty"/],
    [
      { ...PAIRS, keep: "masks/{content}.png" },
      /no file ".*p1\.png", the mask for ".*p1\.png" with ".*s1\.png"/,
    ],
    [{ ...PAIRS, keep: "masks" }, /no file ".*masks", the mask for/],
    [{ ...PAIRS, mask: ["gone.png"] }, /no file ".*gone\.png", the mask for/],
    [{ ...PAIRS, mask: ["masks/{photo}.png"] }, "There is no {photo} to fill in"],
    [
      { ...PAIRS, mask: ["s1.png", "s1.png"] },
      "--mask once for each style of a picture, in their order, but received 2 for 1",
    ],
    [
      { ...PAIRS, styleCrop: ["0,0,1,1", "0,0,1,1"] },
      "all styles of a picture, or once for each, but received 2 for 1",
    ],
    [{ ...PAIRS, styleCrop: ["60,0,50,50"] }, "for --style-crop, as left,top,width,height (10,5,80,90), but"],
    [
      { ...PAIRS, output: "out/../{content}-{style}.png", keep: "p1-s1.png" },
      /over the input ".*p1-s1\.png"/,
    ],
    [{ ...PAIRS, jobs: "jobs.yaml" }, "leave out --content and --style"],
    [{ jobs: "gone.yaml" }, 'no file "gone.yaml"'],
  ])("are refused: %j", async (flags, message) => {
    const before = readdirSync(folder);
    const refused = check(flags);
    await expect(refused).rejects.toThrow(MisuseError);
    await expect(refused).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(before);
  });

  test.each([
    ["[{content: p1.png, style: gone.png}]", /^Job 1 in ".*jobs\.yaml": No file matches "gone\.png"/],
    ['[{content: p1.png, blend: ["gone.png:2"]}]', /^Job 1 in .*no file ".*gone\.png"/],
    ['[{content: p1.png, blend: ["s1.png:-2"]}]', /^Job 1 in .*weight of ".*s1\.png" but received "-2"/],
    ["[{content: p1.png, style: s1.png, size: huge}]", /^Job 1 in .*for --size but received "huge"/],
    ["[{content: p1.png, style: s1.png, hue: 1}]", /^Job 1 in .*There is no option hue/],
    ["[{content: p1.png, style: s1.png, keep: gone.png}]", /no file ".*gone\.png", the mask for/],
    [
      "[{content: p1.png, blend: [s1.png, monet], mask: s1.png}]",
      /^Job 1 in .* --mask once for each style of a picture, in their order, but received 1 for 2/,
    ],
    ["[{content: p1.png, style: s1.png, style-crop: middle}]", /^Job 1 in .* but received "middle"/],
    ["[{content: p1.png, style: s1.png}, {content: p*1.png, style: s1.png}]", /would be the result of both/],
  ])("are refused in a file of jobs: %s", async (jobs, message) => {
    const refused = check({}, jobs);
    await expect(refused).rejects.toThrow(MisuseError);
    await expect(refused).rejects.toThrow(message);
  });

  test("are not written over files that are no results of impasto's", async () => {
    writeFileSync(at("out/p2.png"), "precious");
    await expect(check(PAIRS)).rejects.toThrow(/"[^"]*p2\.png" is there already and carries no recipe/);
  });

  test("are not written over masks, be they results of an earlier batch", async () => {
    await writeResult("out/p2.png");
    await expect(check({ ...PAIRS, keep: "out/p2.png" })).rejects.toThrow(/over the input "[^"]*p2\.png"/);
  });
});
