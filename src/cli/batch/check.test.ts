import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { MisuseError } from "../../errors.ts";
import { checkPieces } from "./check.ts";
import { readBatch } from "./pieces.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-pieces-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(root, "case-"));
  mkdirSync(at("out"));
  for (const name of ["p1.png", "p2.png", "s1.png"]) writeFileSync(at(name), name);
});

/** What a batch comes to; patterns and outputs begin at the folder, and so does its file of jobs. */
async function check(flags: Readonly<Record<string, unknown>>, jobs?: string) {
  if (jobs !== undefined) writeFileSync(at("jobs.yaml"), jobs);
  const inFolder = (patterns: unknown) => (Array.isArray(patterns) ? patterns.map(at) : undefined);
  const { content, style, output, ...others } = flags;
  const { pieces, options } = await readBatch({
    ...others,
    content: inFolder(content),
    style: inFolder(style),
    ...(output === undefined ? {} : { output: at(String(output)) }),
    ...(jobs === undefined ? {} : { jobs: at("jobs.yaml") }),
  });
  return checkPieces(pieces, options.network);
}

const PAIRS = { content: ["p*.png"], style: ["s1.png"], output: "out/{content}.png" };

describe("The pictures of a batch", () => {
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
});
