/**
 * Frames of a picture on its way, and animations of them, by the built command with the built-in network.
 * @module
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import { QUICK } from "./cli-folders.ts";
import { runHere } from "./cli-here.ts";
import { start } from "./cli-process.ts";
import { colours } from "./narrow-engine.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-frames-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const env = { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: join(root, "cache"), TMPDIR: root };
const run = (args: readonly string[], cwd = root) => runHere(args, { cwd, env });
const SMALL = ["photo.png", "painting.png", "--size", "128", "--iterations", "7", ...QUICK];

beforeAll(async () => {
  writeFileSync(join(root, "photo.png"), await encodePicture(colours(128, 96, 1), "png"));
  writeFileSync(join(root, "painting.png"), await encodePicture(colours(64, 48, 2), "png"));
  writeFileSync(join(root, "tall.png"), await encodePicture(colours(30, 60, 2), "png"));
  for (const folder of ["frames", "empty"]) mkdirSync(join(root, folder));
  await run([
    ...SMALL,
    "--scales",
    "2",
    "--frames",
    "frames",
    "--save-every",
    "3",
    "-o",
    "out.png",
    "--quiet",
  ]);
});

describe("--frames", () => {
  it("saves the picture on its way, from coarse to fine, and last the result", async () => {
    const names = readdirSync(join(root, "frames")).toSorted();
    expect(names).toEqual([3, 6, 9, 12, 14].map((number) => `frame-${String(number).padStart(6, "0")}.png`));
    const pictures = await Promise.all(names.map((name) => readPicture(join(root, "frames", name))));
    const widths = pictures.map(({ width }) => width);
    expect(widths.toSorted((one, other) => one - other)).toEqual(widths);
    expect(widths[0]).toBeLessThan(128);
    const { rgb } = await readPicture(join(root, "out.png"));
    expect(pictures.at(-1)).toMatchObject({ width: 128, height: 96, rgb });
  });

  it("changes nothing about the result", async () => {
    await run([...SMALL, "-o", "alone.png", "--quiet"]);
    expect(readFileSync(join(root, "alone.png")).equals(readFileSync(join(root, "out.png")))).toBe(true);
  });

  it("are those of the whole run where it was stopped and gone on with", async () => {
    const args = [...SMALL.slice(0, 2), "--size", "48", "--iterations", "60", ...QUICK, "--quiet"];
    for (const folder of ["whole", "parts"]) mkdirSync(join(root, folder));
    await run([...args, "--frames", "whole", "--save-every", "7", "-o", "whole.png"]);
    const flags = ["--checkpoint", "run.ckpt", "--checkpoint-every", "0", "-o", "parts.png"];
    const frames = ["--frames", "parts", "--save-every", "7"];
    const first = start([...args, ...flags, ...frames], { cwd: root, env });
    while (readdirSync(join(root, "parts")).length < 2) await sleep(5);
    first.child.kill("SIGTERM");
    expect(await first.ended).toMatchObject({ code: 143 });
    const other = await run(["resume", "run.ckpt", "--frames", "frames", "--save-every", "x"]);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("for --save-every") });
    expect(await run(["resume", "run.ckpt", ...frames, "--quiet"])).toMatchObject({ code: 0, stderr: "" });
    const names = readdirSync(join(root, "whole"));
    expect(names).toHaveLength(9);
    expect(readdirSync(join(root, "parts")).toSorted()).toEqual(names.toSorted());
    for (const name of names) {
      const [one, two] = ["whole", "parts"].map((folder) => readFileSync(join(root, folder, name)));
      expect(one?.equals(two ?? Buffer.of()), name).toBe(true);
    }
  });

  it("that cannot be written any longer fail the command, but do not lose its result", async () => {
    mkdirSync(join(root, "lost"));
    const args = ["photo.png", "painting.png", "--size", "64", "--iterations", "150", "--preset", "gatys"];
    const frames = ["--frames", "lost", "--save-every", "1", "-o", "kept.png"];
    const work = start([...args, ...frames], { cwd: root, env });
    await work.said(" 1/150 ");
    renameSync(join(root, "lost"), join(root, "found"));
    const { code, stderr } = await work.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^No more frames: There is no folder/m);
    expect(stderr).toContain("Wrote kept.png");
    expect(await readPicture(join(root, "kept.png"))).toMatchObject({ width: 64 });
  });

  it.each([
    ["a folder that is not there", ["--frames", "nowhere"], 'There is no folder "nowhere"'],
    ["a file", ["--frames", "photo.png"], '"photo.png" is not a folder'],
    ["a folder with frames of another run", ["--frames", "frames"], "has frames of another run"],
    ["no folder", ["--save-every", "2"], "--save-every is for frames"],
    ["no number", ["--frames", "empty", "--save-every", "no"], 'for --save-every but received "no"'],
    [
      "an output called as a frame",
      ["--frames", "empty", "-o", "./empty/frame-000010.png"],
      "as a frame may be called",
    ],
  ])("is refused in one sentence with %s", async (_, flags, says) => {
    const before = readdirSync(root).toSorted();
    const { code, stderr } = await run([...SMALL, ...flags]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^impasto: [^\n]*\.\n$/);
    expect(stderr).toContain(says);
    expect(readdirSync(root).toSorted()).toEqual(before);
    expect(readdirSync(join(root, "empty"))).toEqual([]);
  });
});

describe("impasto timelapse", () => {
  it.each(["webp", "gif"])("makes a .%s of a folder of frames, all as large as the last", async (format) => {
    const output = `movie.${format}`;
    const { code, stdout } = await run(["timelapse", "frames", "-o", output, "--quiet", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ output, width: 128, height: 96, frames: 5, of: 5, seconds: 5 });
    const movie = await sharp(join(root, output), { animated: true }).metadata();
    expect(movie).toMatchObject({ width: 128, pageHeight: 96, pages: 5, loop: 0 });
    expect(movie.delay).toEqual([800, 800, 800, 800, 1800]);
    const last = await sharp(join(root, output), { page: 4 }).removeAlpha().raw().toBuffer();
    const result = await sharp(join(root, "out.png")).raw().toBuffer();
    const mean = last.reduce((sum, value, i) => sum + Math.abs(value - (result[i] ?? 0)), 0) / last.length;
    expect(mean).toBeLessThan(8);
  });

  it("takes pictures in their order, a size and times, and names its output after the first", async () => {
    const args = ["timelapse", "photo.png", "painting.png", "out.png", "--size", "36"];
    const { code, stderr } = await run([...args, "--seconds", "0.3", "--hold", "0.5"]);
    expect(code).toBe(0);
    expect(stderr).toContain("Wrote photo-timelapse.webp (36×27, 3 of 3 frames, 0.8 s)");
    const { delay, width } = await sharp(join(root, "photo-timelapse.webp"), { animated: true }).metadata();
    expect({ delay, width }).toEqual({ delay: [100, 100, 600], width: 36 });
  });

  it.each([
    ["that are rounded", [65, 43], [129, 86], "37", "37×25"],
    ["of which the coarse one is as low as there are", [64, 16], [200, 33], "120", "120×20"],
  ] as const)("takes a size for frames %s", async (_, coarse, fine, size, made) => {
    const cwd = mkdtempSync(join(root, "rounded-"));
    for (const [name, [width, height]] of Object.entries({ "1.png": coarse, "2.png": fine })) {
      writeFileSync(join(cwd, name), await encodePicture(colours(width, height, 1), "png"));
    }
    const { code, stderr } = await run(["timelapse", ".", "-o", "movie.gif", "--size", size], cwd);
    expect(stderr).toContain(`Wrote movie.gif (${made}, 2 of 2 frames`);
    expect(code).toBe(0);
  });

  it.each([
    ["nothing", [], "missing required argument 'frames'"],
    ["a single picture", ["photo.png"], "an animation needs at least two"],
    ["a folder without pictures", ["empty"], '"empty" has no pictures'],
    ["a picture that is missing", ["frames", "missing.png"], 'no file "missing.png"'],
    ["a picture of another shape", ["frames", "tall.png", "photo.png"], '"tall.png" has 30×60 pixels'],
    ["another format", ["frames", "-o", "movie.mp4"], 'ends in .webp or .gif but received "movie.mp4"'],
    ["an input as its output", ["frames", "photo.png", "p.gif", "-o", "p.gif"], "would write over the input"],
    ["no time", ["frames", "--seconds", "0"], "for --seconds but received"],
    ["a negative time", ["frames", "--hold=-1"], "for --hold but received"],
    ["no size", ["frames", "--size", "8"], "for --size but received"],
  ])("is refused in one sentence with %s", async (_, args, says) => {
    writeFileSync(join(root, "p.gif"), "kept");
    const before = readdirSync(root).toSorted();
    const { code, stderr, stdout } = await run(["timelapse", "--quiet", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^impasto: [^\n]*\.\n$/);
    expect(stderr).toContain(says);
    expect(readdirSync(root).toSorted()).toEqual(before);
    expect(readFileSync(join(root, "p.gif"), "utf8")).toBe("kept");
  });
});
