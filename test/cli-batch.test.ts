/**
 * Batches, as processes where they are killed or stopped: every pair is made once, whatever happens in between; what is broken is told at the end, and what
 * makes no sense before the work.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import { readRecipe } from "../src/image/recipe.node.ts";
import { temporaryBeside } from "../src/image/replace.node.ts";
import { resize } from "../src/image/resize.ts";
import type { Recipe } from "../src/job/recipe.ts";
import { bytesIn, makeFolders, QUICK, smallPicture } from "./cli-folders.ts";

const { folder, run, start, remove } = makeFolders();
afterAll(remove);

const SMALL = ["--size", "32", "--network", "built-in", ...QUICK];
const FEW = [...SMALL, "--iterations", "2"];
const MANY = [...SMALL, "--iterations", "40"];
const PAIRS = ["batch", "--content", "p*.png", "--style", "s*.png", "--output", "out/{content}-{style}.png"];

/** A grey picture, white on its left and dark on its right, or the other way round. */
const mask = (left: number, right: number): Promise<Uint8Array> => {
  const rgb = Float32Array.from({ length: 3 * 8 * 4 }, (_, i) => (i % 8 < 4 ? left : right));
  return encodePicture({ width: 8, height: 4, rgb }, "png");
};

/** A folder with photographs, paintings, and a folder for results. */
async function place(...names: readonly string[]): Promise<string> {
  const cwd = await folder(...names);
  mkdirSync(join(cwd, "out"));
  return cwd;
}

const results = (cwd: string): readonly string[] => readdirSync(join(cwd, "out")).sort();
const times = (cwd: string): Readonly<Record<string, number>> =>
  Object.fromEntries(results(cwd).map((name) => [name, statSync(join(cwd, "out", name)).mtimeMs]));
const recipeIn = async (cwd: string, name: string): Promise<Recipe> =>
  JSON.parse(await readRecipe(join(cwd, "out", name)));

describe("a batch", () => {
  it("that is killed makes what is unfinished when it is started again, and nothing else", {
    timeout: 120_000,
  }, async () => {
    const cwd = await place("p1.png", "p2.png", "s1.png", "s2.png", "s3.png");
    const work = start([...PAIRS, ...MANY], cwd);
    await work.said("(2 of 6");
    await sleep(400 * Math.random());
    work.child.kill("SIGKILL");
    await work.ended;
    const before = times(cwd);
    const done = Object.keys(before).length;
    expect(done).toBeGreaterThanOrEqual(2);
    expect(done).toBeLessThan(6);

    const second = await run([...PAIRS, ...MANY, "--json"], cwd);
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ made: 6 - done, finished: done, failed: 0, left: 0 });
    expect(results(cwd)).toEqual([
      "p1-s1.png",
      "p1-s2.png",
      "p1-s3.png",
      "p2-s1.png",
      "p2-s2.png",
      "p2-s3.png",
    ]);
    expect(times(cwd)).toMatchObject(before);
    // Each is what it would have been by itself.
    expect(await run(["p2.png", "s3.png", ...MANY, "-o", "one.png"], cwd)).toMatchObject({ code: 0 });
    expect(bytesIn(cwd, "one.png").equals(bytesIn(cwd, "out/p2-s3.png"))).toBe(true);

    const finished = times(cwd);
    const third = await run([...PAIRS, ...MANY], cwd);
    expect(third.stderr).toContain("Done: made 0, 6 finished before.");
    expect(times(cwd)).toEqual(finished);
  });

  it("that is told to stop keeps what is done, and says how many are left", async () => {
    const cwd = await place("p1.png", "s1.png", "s2.png", "s3.png");
    const work = start([...PAIRS, ...SMALL, "--iterations", "400"], cwd);
    await work.said("(1 of 3");
    work.child.kill("SIGTERM");
    const { code, stderr } = await work.ended;
    expect(code).toBe(143);
    const done = results(cwd).length;
    expect(stderr).toContain(`Stopped: made ${done}, ${3 - done} left, which the same command goes on with.`);
    for (const name of results(cwd)) expect(await recipeIn(cwd, name)).toMatchObject({ stopped: false });
  });

  it("goes on past what is broken, tells it at the end, and has failed", async () => {
    const cwd = await place("p1.png", "p3.png", "s1.png", "s2.png");
    writeFileSync(join(cwd, "p2.png"), "no picture");
    writeFileSync(join(cwd, "p3.png"), bytesIn(cwd, "p3.png").subarray(0, 900));
    const { code, stdout, stderr } = await run([...PAIRS, ...FEW, "--json"], cwd);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /impasto: 4 of 6 pictures could not be made: "p2\.png" is not a picture .* \(for "out.p2-s1\.png" and 1 more\); "p3\.png" is damaged .* \(for "out.p3-s1\.png" and 1 more\)\.\n$/,
    );
    expect(JSON.parse(stdout)).toMatchObject({ made: 2, failed: 4, left: 0, stopped: false });
    expect(results(cwd)).toEqual(["p1-s1.png", "p1-s2.png"]);
  });

  it("goes on past what cannot be written, and tells it beside what failed before", async () => {
    const cwd = await place("p1.png", "s1.png", "s2.png", "s3.png", "s4.png");
    writeFileSync(join(cwd, "s1.png"), "no picture");
    mkdirSync(join(cwd, "gone"));
    const jobs = ["out", "out", "gone", "out"].map((to, i) => ({
      content: "p1.png",
      style: `s${i + 1}.png`,
      output: `${to}/{style}.png`,
    }));
    writeFileSync(join(cwd, "jobs.json"), JSON.stringify(jobs));
    const work = run(["batch", "--jobs", "jobs.json", ...MANY, "--json"], cwd);
    while (!existsSync(join(cwd, "out", "s2.png"))) await sleep(5);
    rmSync(join(cwd, "gone"), { recursive: true });
    const { code, stdout, stderr } = await work;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ made: 2, failed: 2, left: 0, stopped: false });
    expect(stderr).toMatch(
      /impasto: 2 of 4 pictures could not be made: "s1\.png" is not a picture .*; There is no folder .*gone.* \(for "gone.s3\.png"\)\.\n$/,
    );
    expect(results(cwd)).toEqual(["s2.png", "s4.png"]);
  });

  it("removes what was left of writing its pictures when it was killed, and nothing else", async () => {
    const cwd = await place("p1.png", "s1.png");
    const [own, other] = ["p1-s1.png", "p1-s2.png"].map((name) => temporaryBeside(join(cwd, "out", name)));
    for (const file of [own, other]) writeFileSync(file ?? "", "half a picture");
    expect(await run([...PAIRS, ...FEW], cwd)).toMatchObject({ code: 0 });
    expect(results(cwd)).toEqual([basename(other ?? ""), "p1-s1.png"]);
  });

  it("makes again what has another recipe, was stopped, or is another version's", async () => {
    const cwd = await place("p1.png", "s1.png", "s2.png", "s3.png");
    expect(await run([...PAIRS, ...FEW], cwd)).toMatchObject({ code: 0 });
    const picture = await readPicture(join(cwd, "out", "p1-s1.png"));
    const write = async (name: string, recipe: object): Promise<void> =>
      writeFileSync(
        join(cwd, "out", name),
        await encodePicture(picture, "png", { recipe: JSON.stringify(recipe) }),
      );
    await write("p1-s1.png", { ...(await recipeIn(cwd, "p1-s1.png")), stopped: true });
    await write("p1-s2.png", { ...(await recipeIn(cwd, "p1-s2.png")), device: "abacus" });
    const { stderr } = await run([...PAIRS, ...FEW], cwd);
    expect(stderr).toContain("Done: made 2, 1 finished before.");
    writeFileSync(join(cwd, "s3.png"), await smallPicture("another"));
    expect((await run([...PAIRS, ...FEW], cwd)).stderr).toContain("Done: made 1, 2 finished before.");
    expect((await run([...PAIRS, ...FEW, "--strength", "0.8"], cwd)).stderr).toContain("Done: made 3.");
  });

  it("does not take its own results for inputs where they lie beside them", async () => {
    const cwd = await folder("p1.png", "p2.png");
    const args = [
      "batch",
      "--content",
      "*.png",
      "--style",
      "p2.png",
      "-o",
      "{content}-on-{style}.png",
      ...FEW,
    ];
    expect((await run(args, cwd)).stderr).toContain("Done: made 2.");
    const names = readdirSync(cwd);
    const second = await run(args, cwd);
    expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining("Left out 2 ") });
    expect(second.stderr).toContain("Done: made 0, 2 finished before.");
    expect(readdirSync(cwd)).toEqual(names);
  });

  it("follows a file of jobs, with options for all and for each, and its paths from where it lies", async () => {
    const cwd = await place("p1.png", "p2.png", "s1.png", "s2.png", "start.png");
    const jobs = `
network: built-in
size: 32
iterations: 2
threads: 1
jobs:
  - {content: p1.png, style: s?.png, strength: 0.8, output: "out/{style}.png"}
  - {content: "p?.png", blend: [s1.png:2, s2.png], init: start.png, style-layers: "conv1_1,conv2_1:0.5", output: "out/{content}-both.webp"}
`;
    writeFileSync(join(cwd, "jobs.yaml"), jobs);
    const elsewhere = await folder();
    const args = ["batch", "--jobs", join(cwd, "jobs.yaml"), "--seed", "3"];
    expect(await run([...args, "--json"], elsewhere)).toMatchObject({ code: 0 });
    expect(results(cwd)).toEqual(["p1-both.webp", "p2-both.webp", "s1.png", "s2.png"]);
    expect(await recipeIn(cwd, "p2-both.webp")).toMatchObject({
      options: {
        size: 32,
        iterations: 2,
        seed: 3,
        styleLayers: { conv1_1: 1, conv2_1: 0.5 },
        contentWeight: 0.037,
      },
      styles: [
        { name: "s1.png", weight: 2 },
        { name: "s2.png", weight: 1 },
      ],
      initial: { name: "start.png" },
    });
    expect((await recipeIn(cwd, "s2.png")).options.contentWeight).toBeLessThan(0.037);
    expect((await run(args, elsewhere)).stderr).toContain("Done: made 0, 4 finished before.");
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

describe("a batch with regions", () => {
  it("keeps of each photograph what its own mask says, and makes anew what a changed mask is for", async () => {
    const cwd = await place("p1.png", "p2.png", "s1.png");
    mkdirSync(join(cwd, "masks"));
    writeFileSync(join(cwd, "masks/p1.png"), await mask(1, 0));
    writeFileSync(join(cwd, "masks/p2.png"), await mask(0, 1));
    const args = [...PAIRS, ...FEW, "--keep", "masks/{content}.png"];
    expect((await run(args, cwd)).stderr).toContain("Done: made 2.");
    /** Whether the outermost columns on the left and on the right are other than the photograph's. */
    const changed = async (name: string): Promise<readonly boolean[]> => {
      const result = await readPicture(join(cwd, "out", name.replace(".", "-s1.")));
      const { width, height } = result;
      const photo = resize(await readPicture(join(cwd, name)), width, height);
      const off = result.rgb.map((value, i) => Math.abs(value - photo.rgb[i]));
      return [0, width - 1].map((x) => off.some((value, i) => i % width === x && value > 1.01 / 255));
    };
    expect(await changed("p1.png")).toEqual([false, true]);
    expect(await changed("p2.png")).toEqual([true, false]);

    expect((await run(args, cwd)).stderr).toContain("Done: made 0, 2 finished before.");
    writeFileSync(join(cwd, "masks/p2.png"), await mask(0, 0.5));
    expect((await run(args, cwd)).stderr).toContain("Done: made 1, 1 finished before.");
  });

  it("goes on past masks that are broken or black, and tells them at the end", async () => {
    const cwd = await place("p1.png", "p2.png", "p3.png", "s1.png");
    writeFileSync(join(cwd, "keep-p1.png"), await mask(1, 0));
    writeFileSync(join(cwd, "keep-p2.png"), "no picture");
    writeFileSync(join(cwd, "keep-p3.png"), await mask(0, 0));
    const { code, stderr } = await run([...PAIRS, ...FEW, "--keep", "keep-{content}.png"], cwd);
    expect(code).toBe(1);
    expect(stderr).toMatch(/impasto: 2 of 3 pictures could not be made: "keep-p2\.png" is not a picture/);
    expect(stderr).toMatch(/The mask "keep-p3\.png" is black everywhere[^;]* \(for "out.p3-s1\.png"\)\.\n$/);
    expect(results(cwd)).toEqual(["p1-s1.png"]);
  });

  it("gives the bytes that each picture has by itself: from folders, masks and parts in a file of jobs", async () => {
    const cwd = await place("p1.png", "s1.png", "s2.png", "s3.png");
    mkdirSync(join(cwd, "waves"));
    for (const name of ["s1.png", "s2.png"]) writeFileSync(join(cwd, "waves", name), bytesIn(cwd, name));
    writeFileSync(join(cwd, "left.png"), await mask(1, 0));
    writeFileSync(join(cwd, "right.png"), await mask(0, 1));
    const jobs = `
output: out/{style}.png
jobs:
  - {content: p1.png, style: waves/, mask: left.png}
  - {content: p1.png, blend: ["waves:2", s3.png], masks: [left.png, right.png], style-crop: ["50,0,50,100", "0,0,100,50"]}
`;
    writeFileSync(join(cwd, "jobs.yaml"), jobs);
    const elsewhere = await folder();
    const args = ["batch", "--jobs", join(cwd, "jobs.yaml"), ...FEW];
    expect((await run(args, elsewhere)).stderr).toContain("Done: made 2.");
    expect((await run(args, elsewhere)).stderr).toContain("Done: made 0, 2 finished before.");
    const alone = async (...own: readonly string[]): Promise<Buffer> => {
      expect(await run(["p1.png", ...own, ...FEW, "-o", "one.png"], cwd)).toMatchObject({ code: 0 });
      return bytesIn(cwd, "one.png");
    };
    const both = ["--mask", "left.png", "--mask", "right.png"];
    const parts = ["--style-crop", "50,0,50,100", "--style-crop", "0,0,100,50"];
    expect(bytesIn(cwd, "out/waves.png").equals(await alone("waves", "--mask", "left.png"))).toBe(true);
    expect(bytesIn(cwd, "out/waves-s3.png").equals(await alone("waves:2", "s3.png", ...both, ...parts))).toBe(
      true,
    );
  });
});

describe("a batch that makes no sense", () => {
  it.each([
    [
      ["-o", "out/{style}.png"],
      /would be the result of both "p1\.png" with "s1\.png" and "p2\.png" with "s1\.png"/,
    ],
    [["-o", "nowhere/{content}.png"], /no folder "nowhere", and folders are not created/],
    [
      ["-o", "out/{content}.png", "--keep", "masks/{content}.png"],
      /no file "masks\/p1\.png", the mask for "p1/,
    ],
    [
      ["-o", "out/{content}.jpg", "--depth", "16"],
      /"out\/p1\.jpg" holds 8 bits a channel, not 16; write a \.png or \.tiff/,
    ],
    [["-o", "k-{content}.png"], /"k-p1\.png" is there already and carries no recipe/],
  ])("is refused before any work: %j", async (output, message) => {
    const cwd = await place("p1.png", "p2.png", "s1.png", "k-p1.png");
    const before = readdirSync(cwd);
    const { code, stdout, stderr } = await run([...PAIRS.slice(0, 5), ...output], cwd);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^impasto: [^\n]*\.\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(readdirSync(cwd)).toEqual(before);
    expect(results(cwd)).toEqual([]);
  });
});
