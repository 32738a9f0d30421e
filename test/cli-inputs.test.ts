/**
 * How the command reads its pictures: from standard input and pipes, very large ones, within a bound on memory, and
 * with what there is to say of them. No weights are needed.
 * @module
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePicture } from "../src/image/encode.node.ts";
import { QUICK } from "./cli-folders.ts";
import { runHere as run } from "./cli-here.ts";
import { COMMAND, type Ended, run as runAsProcess, start } from "./cli-process.ts";
import { withChunk } from "./png-chunk.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-inputs-"));
const folder = (): string => mkdtempSync(join(root, "run-"));
const file = (name: string): string => join(root, name);

const env = { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: join(root, "cache") };
const SMALL = ["--size", "32", "--iterations", "1", "--scales", "1", ...QUICK];

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#a05028" } });

beforeAll(async () => {
  const waves = {
    width: 48,
    height: 32,
    rgb: new Float32Array(3 * 48 * 32).map((_, i) => 0.5 + 0.5 * Math.sin(i / 7)),
  };
  writeFileSync(file("photo.png"), await encodePicture(waves, "png"));
  writeFileSync(file("painting.png"), await encodePicture(waves, "png"));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs the command with bytes on its standard input. */
function runWith(input: Uint8Array, args: readonly string[], cwd: string): Promise<Ended> {
  const { child, ended } = start(args, { cwd, env });
  // A command that refuses reads nothing.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  return ended;
}

/** Runs a line of shell, in which $IMPASTO is the command. */
async function runShell(line: string, cwd: string): Promise<Ended> {
  const variables = { ...process.env, ...env, IMPASTO: `${process.execPath} ${COMMAND}` };
  const child = spawn("bash", ["-c", line], { cwd, env: variables });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

describe("standard input", () => {
  it("is called by its name where its recipe is damaged", async () => {
    const picture = { width: 1, height: 1, rgb: Float32Array.of(0, 0, 0) };
    const damaged = await encodePicture(picture, "png", { recipe: "{" });
    expect(await runWith(damaged, ["recipe", "-"], folder())).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^impasto: The recipe in standard input is not JSON; .*, so take the/),
    });
  });

  it("is a photograph where it is named, and the recipe knows the bytes that came", async () => {
    const cwd = folder();
    const photo = readFileSync(file("photo.png"));
    const ended = await runWith(photo, ["-", file("painting.png"), ...SMALL, "--quiet"], cwd);
    expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readdirSync(cwd)).toEqual(["stdin-painting.png"]);
    const result = readFileSync(join(cwd, "stdin-painting.png"));
    const { stdout } = await runWith(result, ["recipe", "-"], cwd);
    expect(JSON.parse(stdout)).toMatchObject({
      content: { name: "stdin", checksum: createHash("sha256").update(photo).digest("hex") },
    });
  });

  it("is a painting as well, with a weight", async () => {
    const cwd = folder();
    const painting = readFileSync(file("painting.png"));
    // Behind "--", for what begins with "-" is an option otherwise.
    const args = [...SMALL, "-o", "out.png", "--quiet", "--", file("photo.png"), file("painting.png"), "-:3"];
    expect(await runWith(painting, args, cwd)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it.concurrent.each([
    ["that is empty", new Uint8Array(), ["-", "painting.png"], 1, /"-" is empty/],
    ["that is no picture", Buffer.from("Dear diary"), ["-", "painting.png"], 1, /"-" is not a picture/],
    ["that is named twice", new Uint8Array(), ["-", "-"], 2, /"-" is named twice/],
    ["that is named for a start, too", new Uint8Array(), ["-", "painting.png", "--init", "-"], 2, /twice/],
  ])("%s is refused in one sentence", async (_, input, args, code, says) => {
    const cwd = folder();
    const named = args.map((arg) => (arg.endsWith(".png") ? file(arg) : arg));
    const ended = await runWith(input, [...named, ...SMALL], cwd);
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).toMatch(/^impasto: [^\n]*[.)]\n$/);
    expect(ended.code).toBe(code);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe.skipIf(process.platform === "win32")("pipes (not on Windows)", () => {
  const PAINTING = file("painting.png");
  const PHOTO = file("photo.png");
  const REST = `${SMALL.join(" ")} --quiet -o out.png`;

  it.concurrent.each([
    ["process substitution", `$IMPASTO <(cat ${PHOTO}) <(cat ${PAINTING}):2 ${REST}`],
    [
      "/dev/stdin, and a named pipe",
      `mkfifo pipe; cat ${PAINTING} > pipe & cat ${PHOTO} | $IMPASTO /dev/stdin pipe ${REST} && rm pipe`,
    ],
    [
      "a contact sheet's painting, which is decoded twice",
      `$IMPASTO sheet ${PHOTO} <(cat ${PAINTING}) --size 32 --iterations 1 --strengths 0.5 --quiet -o out.png`,
    ],
  ])("are read: %s", async (_, line) => {
    const cwd = folder();
    expect(await runShell(line, cwd)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readdirSync(cwd)).toEqual(["out.png"]);
  });

  it("are not devices, which may never end", async () => {
    const cwd = folder();
    const { code, stderr } = await run(["/dev/zero", PAINTING, ...SMALL], { cwd, env });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^impasto: "\/dev\/zero" is neither a file nor a pipe; [^\n]*\.\n$/),
    });
  });
});

describe("large pictures", () => {
  it("are reduced as they are read, and the command says so", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "phone.jpg"), await flat(12_000, 9000).jpeg().toBuffer());
    const args = ["phone.jpg", file("painting.png"), ...SMALL, "-o", "out.png"];
    const { code, stderr } = await run(args, { cwd, env });
    expect(stderr).toContain('"phone.jpg" has 12000×9000 pixels and was reduced to 64×48 as it was read.\n');
    expect(code).toBe(0);
    expect(await sharp(join(cwd, "out.png")).metadata()).toMatchObject({ width: 32, height: 24 });
  });

  it("stay within the memory that is allowed", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "big.png"), await flat(5000, 5000).png().toBuffer());
    const report = "process.on('exit',()=>process.stdout.write(String(process.resourceUsage().maxRSS*1024)))";
    const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(report)}`;
    const args = ["big.png", "big.png", "big.png", "big.png", ...SMALL, "--memory", "400MB", "-o", "out.png"];
    const { code, stdout, stderr } = await runAsProcess(args, { cwd, env: { ...env, NODE_OPTIONS } });
    expect(code).toBe(0);
    expect(stderr.match(/was reduced to 64×64/g)).toHaveLength(4);
    expect(Number(stdout)).toBeGreaterThan(50e6);
    expect(Number(stdout)).toBeLessThan(400e6);
  });

  it("of impasto's own are read, to start from and for their recipe", async () => {
    const cwd = folder();
    const text = Buffer.from('impasto\0\0\0\0\0{"seed":1}');
    const own = withChunk(await flat(12_000, 9000).png().toBuffer(), "iTXt", text);
    writeFileSync(join(cwd, "own.png"), own);
    expect(await run(["recipe", "own.png"], { cwd, env })).toEqual({
      code: 0,
      stdout: '{\n  "seed": 1\n}\n',
      stderr: "",
    });
    const args = [file("photo.png"), file("painting.png"), "--init", "own.png", ...SMALL, "-o", "out.png"];
    expect(await run(args, { cwd, env })).toMatchObject({ code: 0 });
  });
});

describe("what there is to say of how a picture was read", () => {
  it("is said once, and not where quiet was asked for", async () => {
    const cwd = folder();
    const jpeg = await flat(64, 48).jpeg().toBuffer();
    writeFileSync(join(cwd, "photo.jpg"), jpeg.subarray(0, -2));
    const args = ["photo.jpg", file("painting.png"), ...SMALL, "-o", "out.png"];
    const { code, stderr } = await run(args, { cwd, env });
    expect(code).toBe(0);
    expect(
      stderr.match(/"photo\.jpg" breaks off before its end mark, but its pixels are there\.\n/g),
    ).toHaveLength(1);
    expect(await run([...args, "--quiet"], { cwd, env })).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});
