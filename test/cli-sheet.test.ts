/**
 * The contact sheet, made by the built command on small pictures; and the two ways in which text with anything in it
 * gets into the page, as properties.
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { flagsOf, optionFlags, optionsFrom } from "../src/cli/flags.ts";
import { escapeHtml, html } from "../src/cli/html.ts";
import { namedAsFile, quoteWord } from "../src/cli/shell.ts";
import { readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { runHere as run } from "./cli-here.ts";
import { COMMAND, start } from "./cli-process.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-sheet-"));

const PHOTO = 'it\'s <b> "photo" & more.png';
const PAINTINGS = ["--wave $HOME.png", "scream.png"];

const waves = (width: number, height: number, pitch: number): Picture => ({
  width,
  height,
  rgb: new Float32Array(3 * width * height).map((_, index) => {
    const [x, y] = [index % width, Math.floor(index / width) % height];
    return 0.5 + 0.5 * Math.sin((x + 2 * y) / pitch + Math.floor(index / (width * height)));
  }),
});

const pictures = new Map<string, Uint8Array>();
beforeAll(async () => {
  pictures.set(PHOTO, await encodePicture(waves(48, 32, 5), "png"));
  pictures.set("--wave $HOME.png", await encodePicture(waves(40, 80, 2), "png"));
  pictures.set("scream.png", await encodePicture(waves(20, 10, 3), "png"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder of its own with the pictures in it. */
function folder(): string {
  const path = mkdtempSync(join(root, "run-"));
  for (const [name, bytes] of pictures) writeFileSync(join(path, name), bytes);
  return path;
}

const added = (cwd: string): readonly string[] => readdirSync(cwd).filter((name) => !pictures.has(name));

const SMALL = ["--size", "32", "--iterations", "2", "--device", "cpu", "--threads", "1"];
const sheet = (...flags: readonly string[]): readonly string[] => [
  "sheet",
  ...(flags.includes("--size") ? SMALL.slice(2) : SMALL),
  ...flags,
  "--",
  PHOTO,
  ...PAINTINGS,
];

/** As a browser would, for the one form of reference that is written. */
const unescapeHtml = (text: string): string =>
  text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

const reportSchema = z.strictObject({
  output: z.string(),
  preset: z.string(),
  network: z.string(),
  width: z.int(),
  height: z.int(),
  stopped: z.boolean(),
  cells: z.array(
    z.strictObject({
      style: z.string(),
      strength: z.number(),
      command: z.string(),
      evaluations: z.int(),
      seconds: z.number().positive(),
      loss: z.strictObject({
        total: z.number(),
        content: z.number(),
        style: z.number(),
        smoothness: z.number(),
      }),
    }),
  ),
});
const reportIn = (stdout: string) => reportSchema.parse(JSON.parse(stdout));

describe("a sheet", () => {
  it("is a page that holds everything, whose commands are the report's, takes no name that is taken, and tells of small paintings", async () => {
    const cwd = folder();
    const name = PHOTO.replace(".png", "-sheet");
    writeFileSync(join(cwd, `${name}.html`), "taken");
    const args = sheet("--strengths", "0.2,0.8", "--pooling", "average", "--json");
    const { code, stdout, stderr } = await run(args, { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/scream\.png has 20×10 pixels and is .*: its strokes come out 0\.63 times/);
    const report = reportIn(stdout);
    expect(report).toMatchObject({ output: `${name}-2.html`, width: 32, height: 21, stopped: false });
    expect(report.cells.map(({ style, strength }) => [style, strength])).toEqual(
      PAINTINGS.flatMap((style) => [
        [style, 0.2],
        [style, 0.8],
      ]),
    );
    expect(added(cwd).toSorted()).toEqual([`${name}-2.html`, `${name}.html`]);
    expect(readFileSync(join(cwd, `${name}.html`), "utf8")).toBe("taken");

    const page = readFileSync(join(cwd, report.output), "utf8");
    const commands = [...page.matchAll(/<code>([^<]*)<\/code>/g)].map(([, text = ""]) => unescapeHtml(text));
    expect(commands).toEqual(report.cells.map(({ command }) => command));
    for (const command of commands) {
      expect(command).toContain("--pooling average");
      expect(command).not.toMatch(/--size|--iterations/);
    }
    expect(page).not.toMatch(/<script|<b>|<link|https?:/);
    const sources = [...page.matchAll(/ src="([^"]*)"/g)].map(([, source = ""]) => source);
    expect(sources).toHaveLength(1 + 2 + 4);
    for (const source of sources) expect(source).toMatch(/^data:image\/jpeg;base64,[\w+/]+=*$/);
  });

  it.skipIf(process.platform === "win32")("names commands that a shell runs as they stand", async () => {
    const cwd = folder();
    const { stdout } = await run(sheet("--strengths", "0.25", "--seed", "7", "--json"), { cwd });
    const [first] = reportIn(stdout).cells;
    const script = `impasto() { "$NODE" "$COMMAND" "$@"; }\n${first?.command} --size 32 --iterations 1 -o out.png`;
    const env = { ...process.env, NODE: process.execPath, COMMAND };
    execFileSync("bash", ["-c", script], { cwd, env, stdio: "pipe" });
    expect(JSON.parse((await run(["recipe", "out.png"], { cwd })).stdout)).toMatchObject({
      options: { contentWeight: expect.closeTo(0.037 * 30 ** 0.5, 6), seed: 7 },
      content: { name: PHOTO },
      styles: [{ name: PAINTINGS[0] }],
    });
  });

  it("is a picture without words where the output is one, each row a style and its strengths", async () => {
    const cwd = folder();
    const args = sheet("--strengths", "0.1,0.5,1", "--quiet", "-o", "sheet.png");
    expect(await run(args, { cwd })).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(added(cwd)).toEqual(["sheet.png"]);
    const { width, height, rgb } = await readPicture(join(cwd, "sheet.png"));
    expect({ width, height }).toEqual({ width: 4 + 4 * (32 + 4), height: 4 + 2 * (21 + 4) });
    const red = (x: number, y: number) => rgb[y * width + x];
    for (let x = 0; x < width; x++) expect([red(x, 0), red(x, 4 + 21 + 2)]).toEqual([1, 1]);
    // A painting of 40×80 is a thumbnail of 11×21, in the middle of its cell.
    expect([red(4 + 9, 10), red(4 + 32 - 11, 10)]).toEqual([1, 1]);
    expect(red(4 + 12, 10)).not.toBe(1);
  });

  it("stopped by Ctrl-C, keeps the cells that are done, and exits with 130", async () => {
    const cwd = folder();
    const strengths = Array.from({ length: 100 }, (_, index) => index / 100).join(",");
    const work = start(sheet("--strengths", strengths, "-o", "out.html", "--json"), { cwd });
    // Told every few seconds: by the second time, a cell is done, and two hundred are not.
    await work.said(" at strength 0,");
    await new Promise<void>((resolve) => {
      work.child.stderr?.on("data", () => resolve());
    });
    work.child.kill("SIGINT");
    const { code, stdout, stderr } = await work.ended;
    expect(code).toBe(130);
    const { cells, stopped } = reportIn(stdout);
    expect(stopped).toBe(true);
    expect(cells.length).toBeGreaterThan(0);
    expect(cells.length).toBeLessThan(200);
    expect(stderr).toContain(`wrote the cells done so far to out.html (${cells.length} of 200 cells)`);
    const page = readFileSync(join(cwd, "out.html"), "utf8");
    expect(page.split(">not made<")).toHaveLength(200 - cells.length + 1);
    expect(added(cwd)).toEqual(["out.html"]);
  });
});

describe("a sheet that cannot be made is refused in one sentence", () => {
  it.each([
    [["--strengths", "0.5,2"], "Expected a finite number from 0 to 1 for --strengths but received 2."],
    [["--strengths", "0.5,"], 'for --strengths but received ""'],
    [["--strengths", "strong"], 'for --strengths but received "strong"'],
    [["--strengths", "0.5,.5"], "each strength once for --strengths but received 0.5 twice"],
    [["--strength", "0.5"], "unknown option '--strength'"],
    [["--content-weight", "1"], "unknown option '--content-weight'"],
    [["--size", "0"], "for --size but received 0"],
    [["--optimizer", "adam", "--history", "5"], "--history is for the lbfgs optimizer"],
    [["-o", "sheet.bmp"], 'ends in .html, .png, .jpg, .webp or .tiff but received "sheet.bmp"'],
    [["-o", "nowhere/sheet.html"], 'no folder "nowhere"'],
    [["-o", "wide.webp", "--size", "5000"], "A webp file holds at most 16383 pixels a side"],
    [["--network", "missing.h5"], "missing.h5 does not exist"],
    [["--init", "missing.png"], 'no file "missing.png"'],
  ] as const)("%j", async (flags, says) => {
    const cwd = folder();
    const ended = await run(sheet(...flags), { cwd, env: { IMPASTO_WEIGHTS: undefined } });
    expect(ended).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(says) });
    expect(ended.stderr).toMatch(/^impasto: [^\n]*[.)]\n$/);
    expect(added(cwd)).toEqual([]);
  });

  it.each([
    [["missing.png", "scream.png"], 2, 'no file "missing.png"'],
    [["scream.png", "scream.png", "missing.png"], 2, 'no file "missing.png"'],
    [["scream.png"], 2, "missing required argument 'painting'"],
    [["scream.png", "text.png"], 1, '"text.png" is not a picture'],
  ] as const)("%j", async (inputs, code, says) => {
    const cwd = folder();
    writeFileSync(join(cwd, "text.png"), "This is no picture, whatever its name says.\n".repeat(20));
    const ended = await run(["sheet", ...inputs], { cwd });
    expect(ended).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(says) });
    expect(added(cwd)).toEqual(["text.png"]);
  });
});

/** Everything a file's name can hold, and more of what is awkward. */
const word = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."'\"\\$`!#&;|<>()[]{}*?~^=%-: \t\n\r\u001b\u0085é🌌7a") }),
  )
  .filter((text) => !text.includes("\0"));

describe("text that may hold anything", () => {
  it.skipIf(process.platform === "win32")("is one word to a shell when it is quoted, and is itself", () => {
    const property = fc.property(fc.array(word, { minLength: 1, maxLength: 100 }), (words) => {
      const script = `printf '%s\\0' ${words.map(quoteWord).join(" ")}`;
      const printed = execFileSync("bash", ["-c", script], { encoding: "utf8" });
      expect(printed).toBe(words.map((text) => `${text}\0`).join(""));
    });
    fc.assert(property, { numRuns: 40 });
  });

  it("has no control characters left when it is quoted, so that a terminal acts on none", () => {
    fc.assert(fc.property(word, (text) => !/\p{Cc}/u.test(quoteWord(text))));
  });

  it("has no markup left when it is escaped, and is itself to a reader", () => {
    const property = fc.property(word, (text) => {
      const escaped = escapeHtml(text);
      expect(escaped).not.toMatch(/[<>"'\r]|&(?!#\d+;)/);
      expect(unescapeHtml(escaped)).toBe(text);
      expect(html`<p title="${text}">${[html`<i>${text}</i>`]}</p>`.text).toBe(
        `<p title="${escaped}"><i>${escaped}</i></p>`,
      );
    });
    fc.assert(property);
  });

  it("is a file to the command, neither a flag nor a command of its own", () => {
    expect(["-x.png", "sheet", "cat.png", "../a", "C:\\a.png"].map(namedAsFile)).toEqual([
      "./-x.png",
      "./sheet",
      "cat.png",
      "../a",
      "C:\\a.png",
    ]);
  });
});

describe("options written as flags", () => {
  it("are read as the same options again, and say nothing of defaults", () => {
    const options = optionsFrom({
      preset: "gatys",
      styleLayers: { conv1_1: 1, conv3_1: 0.5 },
      learningRate: 1e-7,
      seed: 0,
      init: "a b.png",
    });
    const flags = flagsOf(options);
    expect(flags).not.toContain("--seed");
    const byFlag = new Map(optionFlags().map((flag) => [flag.long ?? "", flag]));
    const given = new Map<string, unknown>();
    for (let index = 0; index < flags.length; index += 2) {
      const flag = byFlag.get(flags[index] ?? "");
      given.set(flag?.attributeName() ?? "", flag?.parseArg?.(flags[index + 1] ?? "", undefined));
    }
    expect(optionsFrom(Object.fromEntries(given))).toEqual(options);
  });
});
