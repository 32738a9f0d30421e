/**
 * Batches, as processes: every pair is made once, whatever happens in between; what is broken is told at the end, and what
 * makes no sense before the work.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import { readRecipe } from "../src/image/recipe.node.ts";
import type { Recipe } from "../src/job/recipe.ts";
import { bytesIn, makeFolders, smallPicture } from "./cli-folders.ts";

const { folder, run, start, remove } = makeFolders();
afterAll(remove);

const SMALL = ["--size", "32", "--network", "built-in", "--device", "cpu", "--threads", "1"];
const FEW = [...SMALL, "--iterations", "2"];
const MANY = [...SMALL, "--iterations", "40"];
const PAIRS = ["batch", "--content", "p*.png", "--style", "s*.png", "--output", "out/{content}-{style}.png"];

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

describe("a batch that makes no sense", () => {
  it.each([
    [
      ["-o", "out/{style}.png"],
      /would be the result of both "p1\.png" with "s1\.png" and "p2\.png" with "s1\.png"/,
    ],
    [["-o", "nowhere/{content}.png"], /no folder "nowhere", and folders are not created/],
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
