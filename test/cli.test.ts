/**
 * The command line as its contract has it: the built command runs on small pictures, as a process where its
 * streams or signals count. What only VGG-19 can
 * show is skipped by name where IMPASTO_WEIGHTS is not set.
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { flagOf } from "../src/cli/flags.ts";
import { readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { optionFields } from "../src/transfer/options.ts";
import { runHere as run } from "./cli-here.ts";
import { run as runAsProcess, start } from "./cli-process.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-cli-"));
const { IMPASTO_WEIGHTS: weights, IMPASTO_FIXTURES: fixtures } = process.env;
const folder = (): string => mkdtempSync(join(root, "run-"));
const picture = (name: string): string => join(root, name);

/** Waves of colour, so that there is something to see at every size. */
const waves = (width: number, height: number, pitch: number): Picture => ({
  width,
  height,
  rgb: new Float32Array(3 * width * height).map((_, index) => {
    const [x, y] = [index % width, Math.floor(index / width) % height];
    return 0.5 + 0.5 * Math.sin((x + 2 * y) / pitch + Math.floor(index / (width * height)));
  }),
});

beforeAll(async () => {
  const write = async (name: string, content: Picture) =>
    writeFile(picture(name), await encodePicture(content, "png"));
  await write("content.png", waves(64, 48, 5));
  await write("style.png", waves(60, 80, 2));
  await write("second.style.png", waves(40, 40, 9));
  await write("dot.png", waves(1, 1, 5));
  await write("needle.png", waves(3, 20_000, 5));
  const alpha = new Float32Array(64 * 48).map((_, index) => (index % 64) / 63);
  await write("faded.png", { ...waves(64, 48, 5), alpha });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("help", () => {
  it("lists every option of the schema, with what the presets have for it", async () => {
    const { stdout, stderr, code } = await run(["--help"], { cwd: root });
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    for (const { name } of optionFields()) expect(stdout).toContain(`${flagOf(name)} <`);
    for (const flag of ["--output", "--json", "--quiet", "--debug", "measure", "weights", "recipe"]) {
      expect(stdout).toContain(flag);
    }
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "(default: 60+50+45; gatys: 500; notebook: 2000; neural-style: 1000)",
    );
  });

  it("loads no native library, neither the picture codecs nor what runs the networks", async () => {
    const script =
      "process.on('exit',()=>process.stderr.write(JSON.stringify(process.report.getReport().sharedObjects)))";
    const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}` };
    const libraries: unknown = JSON.parse((await runAsProcess(["--help"], { cwd: root, env })).stderr);
    expect(libraries).toEqual(expect.arrayContaining([expect.stringContaining("libc")]));
    expect(JSON.stringify(libraries)).not.toMatch(/sharp|libvips|onnxruntime/);
  });

  it("does not mind a reader that goes away", async () => {
    const { child, ended } = start(["--help"], { cwd: root });
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("is followed by the version", async () => {
    const { stdout } = await run(["--version"], { cwd: root });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

const SMALL = ["--size", "64", "--iterations", "3", "--device", "cpu"];

const reportSchema = z.object({
  output: z.string(),
  preset: z.string(),
  network: z.string(),
  width: z.int(),
  height: z.int(),
  evaluations: z.int(),
  seconds: z.number().positive(),
  secondsPerEvaluation: z.number().positive(),
  loss: z.object({ total: z.number(), content: z.number(), style: z.number(), smoothness: z.number() }),
});

/** What `--json` printed on the last line, which must be the only one. */
const reportIn = (stdout: string) => {
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  return reportSchema.parse(JSON.parse(stdout));
};

describe("a transfer, with VGG-19 where its weights are there and the built-in network where not", () => {
  it("repaints a picture, reports it as JSON, and carries its recipe, with a preview where one is asked for", async () => {
    const cwd = folder();
    const args = [picture("content.png"), `${picture("style.png")}:2`, picture("second.style.png")];
    const flags = ["-o", "out.png", "--preview", "now.jpg", "--json"];
    const { stdout, stderr, code } = await runAsProcess([...args, ...SMALL, ...flags], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain(weights ? "VGG-19" : "the built-in network");
    const report = reportIn(stdout);
    expect(report).toMatchObject({
      output: "out.png",
      preset: "impasto",
      width: 64,
      height: 48,
      evaluations: 3,
    });
    const { total, content, style, smoothness } = report.loss;
    expect(total / (content + style + smoothness)).toBeCloseTo(1, 5);
    expect(await readPicture(join(cwd, "out.png"))).toMatchObject({ width: 64, height: 48 });
    expect((await readPicture(join(cwd, "now.jpg"))).width).toBe(64);
    expect(readdirSync(cwd)).toEqual(["now.jpg", "out.png"]);

    const printed = await run(["recipe", "out.png"], { cwd });
    expect(printed.code).toBe(0);
    expect(JSON.parse(printed.stdout)).toMatchObject({
      options: { preset: "impasto", size: 64, iterations: 3, seed: 0, pooling: "max", optimizer: "lbfgs" },
      network: { name: report.network },
      content: { name: "content.png" },
      styles: [
        { name: "style.png", weight: 2 },
        { name: "second.style.png", weight: 1 },
      ],
      evaluations: 3,
      stopped: false,
      loss: report.loss,
    });
  });

  it("gives the same bytes twice, says nothing when quiet, and replaces the output that was named", async () => {
    const args = [
      picture("content.png"),
      picture("style.png"),
      ...SMALL,
      "--init",
      "noise",
      "--seed",
      "7",
      "--quiet",
    ];
    const [first, second] = [folder(), folder()];
    await writeFile(join(second, "out.webp"), "something older");
    for (const cwd of [first, second]) {
      expect(await run([...args, "-o", "out.webp"], { cwd })).toEqual({ code: 0, stdout: "", stderr: "" });
    }
    expect(readFileSync(join(second, "out.webp")).equals(readFileSync(join(first, "out.webp")))).toBe(true);
  });

  it("says how many threads it took, with which the same bytes come again", async () => {
    const args = [picture("content.png"), picture("style.png"), ...SMALL, "--quiet", "-o", "out.png"];
    const [first, second] = [folder(), folder()];
    await run(args, { cwd: first });
    const { stdout } = await run(["recipe", "out.png"], { cwd: first });
    const { threads } = z
      .object({ options: z.object({ threads: z.int() }) })
      .parse(JSON.parse(stdout)).options;
    await run([...args, "--threads", String(threads)], { cwd: second });
    expect(readFileSync(join(second, "out.png")).equals(readFileSync(join(first, "out.png")))).toBe(true);
  });

  it("names a result after its pictures, and never takes a name that is taken", async () => {
    const cwd = folder();
    await writeFile(join(cwd, "content-style-second.style.png"), "taken");
    const args = [
      picture("content.png"),
      picture("style.png"),
      picture("second.style.png"),
      ...SMALL,
      "--json",
    ];
    const { stdout } = await run(args, { cwd });
    expect(reportIn(stdout).output).toBe("content-style-second.style-2.png");
    expect(readFileSync(join(cwd, "content-style-second.style.png"), "utf8")).toBe("taken");
    expect(readdirSync(cwd)).toHaveLength(2);
  });

  it("makes the result as large as the photograph where that is asked for", async () => {
    const cwd = folder();
    const args = [picture("content.png"), picture("style.png"), "--size", "original", "--iterations", "1"];
    const { stdout, code } = await run([...args, "-o", "out.png", "--json"], { cwd });
    expect(code).toBe(0);
    expect(reportIn(stdout)).toMatchObject({ width: 64, height: 48 });
    const recipe = await run(["recipe", "out.png"], { cwd });
    expect(JSON.parse(recipe.stdout)).toMatchObject({ options: { size: 64 } });
  });

  it("keeps transparency as it was", async () => {
    const cwd = folder();
    const { code } = await run([picture("faded.png"), picture("style.png"), ...SMALL, "-o", "out.png"], {
      cwd,
    });
    expect(code).toBe(0);
    const [before, after] = [
      await readPicture(picture("faded.png")),
      await readPicture(join(cwd, "out.png")),
    ];
    expect(after.alpha).toEqual(before.alpha);
  });

  it.each([
    ["dot.png", "needle.png", { width: 32, height: 32 }],
    ["needle.png", "dot.png", { width: 16, height: 32 }],
  ])("copes with the odd shapes of %s and %s", async (content, style, size) => {
    const cwd = folder();
    const args = [picture(content), picture(style), "--size", "32", "--iterations", "1", "--device", "cpu"];
    expect(await run([...args, "--quiet"], { cwd })).toEqual({ code: 0, stdout: "", stderr: "" });
    const output = `${basename(content, ".png")}-${basename(style, ".png")}.png`;
    expect(await readPicture(join(cwd, output))).toMatchObject(size);
  });

  it("stopped by Ctrl-C, saves the best so far, says so, and exits with 130", async () => {
    const cwd = folder();
    const args = [picture("content.png"), picture("style.png"), "--size", "96", "--iterations", "100000"];
    const work = start([...args, "--preset", "gatys", "--device", "cpu", "-o", "out.png", "--json"], { cwd });
    await work.said(" 1/100000 ");
    work.child.kill("SIGINT");
    const { code, stdout, stderr } = await work.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("Stopped; wrote the best so far to out.png");
    expect(reportIn(stdout)).toMatchObject({ width: 96, height: 72 });
    expect(await readPicture(join(cwd, "out.png"))).toMatchObject({ width: 96, height: 72 });
    expect(JSON.parse((await run(["recipe", "out.png"], { cwd })).stdout)).toMatchObject({ stopped: true });
    expect(readdirSync(cwd)).toEqual(["out.png"]);
  });

  // Again if the machine is so busy that the second signal comes after the work has been saved.
  it("stopped by Ctrl-C twice, ends at once and leaves nothing behind", { retry: 2 }, async () => {
    const cwd = folder();
    await writeFile(join(cwd, "out.png"), "as it was");
    const args = [picture("content.png"), picture("style.png"), "--size", "512", "--preset", "neural-style"];
    const work = start([...args, "--device", "cpu", "-o", "out.png"], { cwd });
    await work.said(" 1/1000 ");
    work.child.kill("SIGINT");
    await sleep(30);
    work.child.kill("SIGINT");
    const { code } = await work.ended;
    expect(code).toBeNull();
    expect(work.child.signalCode).toBe("SIGINT");
    expect(readdirSync(cwd)).toEqual(["out.png"]);
    expect(readFileSync(join(cwd, "out.png"), "utf8")).toBe("as it was");
  });

  it("refuses a size that memory cannot hold, naming one that it can", async () => {
    const cwd = folder();
    const args = [
      picture("content.png"),
      picture("style.png"),
      "--size",
      "65536",
      "--device",
      "cpu",
      "--quiet",
    ];
    const { code, stderr } = await run(args, { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^impasto: A picture of 65536×49152 needs about [^\n]* at most\.\n$/);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe.skipIf(!weights)("The command with VGG-19 (needs IMPASTO_WEIGHTS)", () => {
  it("checks the weights it would use", async () => {
    const { code, stdout } = await run(["weights", "check"], { cwd: root });
    expect(code).toBe(0);
    expect(stdout).toMatch(/SHA-256: [0-9a-f]{64}\n$/);
  });

  it("repaints a picture with them where nobody chose a network", async () => {
    const cwd = folder();
    const args = [picture("content.png"), picture("style.png"), ...SMALL, "-o", "out.png", "--json"];
    const { stdout, stderr, code } = await run(args, { cwd });
    expect({ stderr, code }).toMatchObject({ stderr: expect.stringContaining("VGG-19, found"), code: 0 });
    expect(reportIn(stdout)).toMatchObject({ network: "vgg19", width: 64, height: 48 });
  });
});

const measuredSchema = z.object({
  content: z.record(z.string(), z.number()),
  style: z.record(z.string(), z.number()),
  total: z.number(),
  gradientNorm: z.number(),
});

describe.skipIf(!(weights && fixtures))("measure (needs IMPASTO_WEIGHTS and IMPASTO_FIXTURES)", () => {
  it.each(["max", "average"] as const)("agrees with PyTorch's numbers, %s pooling", async (pooling) => {
    const parity = join(fixtures ?? "", "parity");
    const file = (name: string): string => join(parity, `${name}.png`);
    const { stdout } = await run(
      [
        "measure",
        file("image"),
        "--content",
        file("content"),
        "--style",
        file("style"),
        "--pooling",
        pooling,
        "--json",
      ],
      { cwd: root },
    );
    const measured = measuredSchema
      .extend({ network: z.string(), pooling: z.literal(pooling) })
      .parse(JSON.parse(stdout));
    // Computed in float64 by fixtures/parity/make.py.
    const json: unknown = JSON.parse(readFileSync(join(parity, "expected.json"), "utf8"));
    const expected = z.looseObject({ max: measuredSchema, average: measuredSchema }).parse(json)[pooling];
    const near = (value: number | undefined, wanted: number, tolerance: number) =>
      expect(Math.abs((value ?? Number.NaN) / wanted - 1)).toBeLessThan(tolerance);
    for (const kind of ["content", "style"] as const) {
      expect(Object.keys(measured[kind])).toEqual(Object.keys(expected[kind]));
      for (const [layer, wanted] of Object.entries(expected[kind])) near(measured[kind][layer], wanted, 1e-4);
    }
    near(measured.total, expected.total, 1e-4);
    near(measured.gradientNorm, expected.gradientNorm, 1e-3);
  });
});

describe("measure", () => {
  it("refuses pictures of different sizes and pictures too small for the network", async () => {
    const measure = (image: string, content: string) =>
      run(["measure", picture(image), "--content", picture(content), "--style", picture("style.png")], {
        cwd: root,
      });
    const [unequal, small] = [await measure("content.png", "style.png"), await measure("dot.png", "dot.png")];
    expect(unequal).toMatchObject({ code: 2, stderr: expect.stringMatching(/one size\.\n$/) });
    expect(small).toMatchObject({ code: 2, stderr: expect.stringMatching(/dot\.png" has 1×1 pixels/) });
  });
});
