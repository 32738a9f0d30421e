/**
 * Pictures made again from their recipes: the same bytes where nothing is changed, larger ones, and clear
 * words for what is not there any more.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import { readRecipe } from "../src/image/recipe.node.ts";
import { jobFrom, type Recipe } from "../src/job/recipe.ts";
import { bytesIn, makeFolders, QUICK, smallPicture } from "./cli-folders.ts";

const { folder, run, remove } = makeFolders();
afterAll(remove);

const SMALL = ["--network", "built-in", ...QUICK, "--iterations", "3"];
const PICTURES = ["photo.png", "painting.png"];

/** A folder with a picture, `out.png`, and what it was made of. */
let made: string;
beforeAll(async () => {
  made = await folder(...PICTURES, "start.png");
  const flags = ["--size", "130", "--init", "start.png", "--content-weight", "0.5", "-o", "out.png"];
  expect(await run([...PICTURES, ...SMALL, ...flags], made)).toMatchObject({ code: 0 });
});

/** A folder with copies of some of that. */
async function copies(...names: readonly string[]): Promise<string> {
  const cwd = await folder();
  for (const name of names) copyFileSync(join(made, name), join(cwd, name));
  return cwd;
}
const ALL = [...PICTURES, "start.png", "out.png"];

const recipeIn = async (cwd: string, name: string): Promise<Recipe> => {
  const recipe: Recipe = JSON.parse(await readRecipe(join(cwd, name)));
  expect(jobFrom(recipe).plan).toBeDefined();
  return recipe;
};

describe("a picture made again", () => {
  it("has the same bytes, from pictures beside it, or found under other names, and is written over nothing", async () => {
    const cwd = await copies(...ALL);
    copyFileSync(join(cwd, "out.png"), join(cwd, "photo-painting.png"));
    const elsewhere = await folder();
    expect(await run(["again", join(cwd, "out.png")], elsewhere)).toMatchObject({ code: 0 });
    expect(bytesIn(elsewhere, "photo-painting.png").equals(bytesIn(made, "out.png"))).toBe(true);

    mkdirSync(join(elsewhere, "deep", "er"), { recursive: true });
    renameSync(join(cwd, "photo.png"), join(elsewhere, "deep", "er", "cat.png"));
    expect(await run(["again", "out.png", "--find", elsewhere, "--quiet"], cwd)).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    expect(bytesIn(cwd, "photo-painting-2.png").equals(bytesIn(made, "out.png"))).toBe(true);
  });

  it("is larger, and otherwise changed, as it is told", async () => {
    const cwd = await copies(...ALL);
    const flags = ["--size", "300", "--strength", "0.8", "--seed", "7"];
    const ended = await run(["again", "out.png", "-o", "new.jpg", ...flags, "--json"], cwd);
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ output: "new.jpg", width: 300, height: 240 });
    expect(await readPicture(join(cwd, "new.jpg"))).toMatchObject({ width: 300, height: 240 });
    const { options, plan, initial, size } = await recipeIn(cwd, "new.jpg");
    expect({ options, size }).toMatchObject({
      options: {
        size: 300,
        iterations: 3,
        seed: 7,
        init: "start.png",
        contentWeight: expect.closeTo(0.037 / 30 ** 0.6),
      },
      size: { width: 300, height: 240 },
    });
    expect(initial).toEqual((await recipeIn(made, "out.png")).initial);
    expect(plan?.map(({ width }) => width)).toEqual([97, 171, 300]);
  });

  it("starts from itself at the larger sizes alone", async () => {
    const cwd = await copies(...PICTURES, "out.png");
    const args = ["again", "out.png", "-o", "new.png", "--size", "300", "--from", "result"];
    expect(await run(args, cwd)).toMatchObject({ code: 0 });
    const { options, plan, initial } = await recipeIn(cwd, "new.png");
    expect({ options, initial }).toMatchObject({
      options: { init: "out.png" },
      initial: { name: "out.png" },
    });
    expect(plan?.map(({ width }) => width)).toEqual([171, 300]);
    // And it can be made again itself.
    expect(await run(["again", "new.png", "-o", "newer.png"], cwd)).toMatchObject({ code: 0 });
    expect(bytesIn(cwd, "newer.png").equals(bytesIn(cwd, "new.png"))).toBe(true);
  });

  it("starts from itself with the masks it had, once more with the same bytes, and without noise unless it is told", async () => {
    const cwd = await copies(...PICTURES, "start.png");
    const masks = ["--mask", "start.png", "--keep", "start.png"];
    const flags = ["--size", "32", "--noise-ratio", "0.5", ...masks];
    expect(await run([...PICTURES, ...SMALL, ...flags, "-o", "out.png"], cwd)).toMatchObject({ code: 0 });
    const from = async (output: string, ...more: readonly string[]): Promise<Recipe> => {
      const args = ["again", "out.png", "-o", output, "--from", "result", ...more];
      expect(await run(args, cwd)).toMatchObject({ code: 0 });
      return recipeIn(cwd, output);
    };
    expect((await from("new.png")).options.noiseRatio).toBe(0);
    expect((await from("noisy.png", "--noise-ratio", "0.1")).options.noiseRatio).toBe(0.1);
    expect(await run(["again", "new.png", "-o", "newer.png"], cwd)).toMatchObject({ code: 0 });
    expect(bytesIn(cwd, "newer.png").equals(bytesIn(cwd, "new.png"))).toBe(true);
  });

  it("is made to its end where it was stopped, and says so", async () => {
    const cwd = await copies(...ALL);
    const recipe = { ...(await recipeIn(made, "out.png")), stopped: true, software: "impasto 99.0.0" };
    const picture = await readPicture(join(cwd, "out.png"));
    writeFileSync(
      join(cwd, "half.png"),
      await encodePicture(picture, "png", { recipe: JSON.stringify(recipe) }),
    );
    const { code, stderr } = await run(["again", "half.png", "-o", "new.png"], cwd);
    expect(code).toBe(0);
    expect(stderr).toContain("The picture was made by impasto 99.0.0, and impasto ");
    expect(stderr).toContain("The picture was stopped before its end, and is made to its end now.");
    expect(bytesIn(cwd, "new.png").equals(bytesIn(made, "out.png"))).toBe(true);
  });

  it("saves itself on the way, where that is asked for", async () => {
    const cwd = await copies(...ALL);
    const flags = ["--checkpoint", "run.ckpt", "--checkpoint-every", "0"];
    expect(await run(["again", "out.png", "-o", "new.png", ...flags], cwd)).toMatchObject({ code: 0 });
    expect(bytesIn(cwd, "new.png").equals(bytesIn(made, "out.png"))).toBe(true);
    expect(existsSync(join(cwd, "run.ckpt"))).toBe(false);
  });
});

describe("a picture that cannot be made again", () => {
  it.each([
    ["has no recipe", ["again", "photo.png"], 1, /photo\.png" carries no recipe/],
    ["is to be written over itself", ["again", "out.png", "-o", "out.png"], 2, /over the input "out\.png"/],
    [
      "is to be written over an input",
      ["again", "out.png", "-o", "photo.png"],
      2,
      /over the input "photo\.png"/,
    ],
    [
      "is to start from two",
      ["again", "out.png", "--from", "result", "--init", "noise"],
      2,
      /--from and --init both/,
    ],
    ["is to start from nothing", ["again", "out.png", "--from", "scratch"], 2, /--from <start>.*result/],
    [
      "has a wrong option",
      ["again", "out.png", "--size", "5"],
      2,
      /from 16 to 65536 for --size but received 5/,
    ],
    [
      "has options that contradict",
      ["again", "out.png", "--strength", "1", "--style-weight", "2"],
      2,
      /--strength stands for/,
    ],
    [
      "has weights that are not here",
      ["again", "vgg.png"],
      2,
      /weights of VGG-19 that the picture was made with \(SHA-256 0a\); name .*`impasto weights fetch` gets/,
    ],
    [
      "has another network",
      ["again", "odd.png"],
      2,
      /made with the network built-in \(SHA-256 0a\), and here is built-in \(SHA-256 [0-9a-f]{64}\): use the version/,
    ],
    [
      "has weights in a file",
      ["again", "file.png"],
      2,
      /the weights "own\.h5" \(SHA-256 0a\): name their file with --network/,
    ],
    [
      "has another version's recipe",
      ["again", "new.png"],
      2,
      /This recipe cannot be run again by this version of impasto: device/,
    ],
  ])("says so where it %s", async (_, args, code, message) => {
    const cwd = await copies(...ALL);
    const recipe = await recipeIn(made, "out.png");
    const network = { name: "vgg19", checksum: "0a" };
    const changed = {
      "odd.png": { ...recipe, network: { name: "built-in", checksum: "0a" } },
      "vgg.png": { ...recipe, network, options: { ...recipe.options, network: "auto" } },
      "file.png": { ...recipe, network, options: { ...recipe.options, network: "own.h5" } },
      "new.png": { ...recipe, device: "abacus" },
    };
    const picture = await readPicture(join(cwd, "out.png"));
    for (const [name, recipe] of Object.entries(changed)) {
      writeFileSync(join(cwd, name), await encodePicture(picture, "png", { recipe: JSON.stringify(recipe) }));
    }
    const before = readdirSync(cwd);
    const ended = await run([...args, "--quiet"], cwd);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toMatch(/^impasto: [^\n]*[.)]\n$/);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
    expect(readdirSync(cwd)).toEqual(before);
  });

  it("names all that it could not find, and what it found in its place", async () => {
    const cwd = await copies(...ALL);
    rmSync(join(cwd, "photo.png"));
    writeFileSync(join(cwd, "start.png"), await smallPicture("another"));
    const { content, initial } = await recipeIn(made, "out.png");
    const { code, stderr } = await run(["again", "out.png", "-o", "new.png"], cwd);
    expect(code).toBe(2);
    expect(stderr).toContain(`"photo.png" (SHA-256 ${content.checksum})`);
    expect(stderr).toMatch(
      new RegExp(`"start.png" \\(SHA-256 ${initial?.checksum}\\), for "start.png" is another file`),
    );
    expect(existsSync(join(cwd, "new.png"))).toBe(false);
    // A start that is not asked for is not missed.
    copyFileSync(join(made, "photo.png"), join(cwd, "photo.png"));
    expect(await run(["again", "out.png", "-o", "new.png", "--init", "content"], cwd)).toMatchObject({
      code: 0,
    });
    expect(await recipeIn(cwd, "new.png")).not.toHaveProperty("initial");
  });
});
