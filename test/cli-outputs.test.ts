/**
 * What the command writes, and where: no result is lost, nothing that is read is written over, nothing that a terminal
 * would act on reaches it. The built command runs with the built-in network, as a process where its streams or signals count.
 * @module
 */
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodePicture, readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { QUICK } from "./cli-folders.ts";
import { runHere } from "./cli-here.ts";
import { COMMAND, run as runIn, start as startIn } from "./cli-process.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-outputs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The built-in network, whatever weights there are, and a place of its own for what is rescued. */
const env = { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: join(root, "cache"), TMPDIR: root };
const run = (args: readonly string[], cwd: string) => runHere(args, { cwd, env });
const start = (args: readonly string[], cwd: string) => startIn(args, { cwd, env });

const SMALL = ["--size", "32", "--iterations", "2", ...QUICK];
const ENDLESS = ["--size", "64", "--iterations", "100000", ...QUICK];

const waves = (pitch: number): Picture => ({
  width: 40,
  height: 32,
  rgb: new Float32Array(3 * 40 * 32).map((_, i) => 0.5 + 0.5 * Math.sin(i / pitch)),
});
let photo: Uint8Array;
let painting: Uint8Array;
beforeAll(async () => {
  photo = await encodePicture(waves(7), "png");
  painting = await encodePicture(waves(3), "png");
});

/** A folder of its own with two pictures in it. */
function folder(): string {
  const path = mkdtempSync(join(root, "run-"));
  writeFileSync(join(path, "photo.png"), photo);
  writeFileSync(join(path, "painting.png"), painting);
  return path;
}
const added = (cwd: string): readonly string[] =>
  readdirSync(cwd).filter((name) => name !== "photo.png" && name !== "painting.png");

/** Where a message says that a result was put. */
const rescuedIn = (stderr: string): string => /The result is in "([^"]+)"/.exec(stderr)?.[1] ?? "";

describe.concurrent("a result that cannot be written", () => {
  it("because the disk is full is a failure, is rescued, and leaves the file that is there whole", async ({
    skip,
  }) => {
    const cwd = folder();
    const small = mkdtempSync(join(root, "small-"));
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", small]).status === 0;
    skip(!mounted, "needs to mount a small file system, which takes root on Linux");
    try {
      const output = join(small, "out.png");
      writeFileSync(output, new Uint8Array(10_000).fill(7));
      const { code, stdout, stderr } = await run(
        ["photo.png", "painting.png", ...SMALL, "-o", output, "--json"],
        cwd,
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).not.toContain("Wrote");
      expect(stderr).toMatch(/no space left to write ".*out\.png"/);
      expect(readdirSync(small)).toEqual(["out.png"]);
      expect(new Uint8Array(readFileSync(output))).toEqual(new Uint8Array(10_000).fill(7));
      expect(await readPicture(rescuedIn(stderr))).toMatchObject({ width: 32 });
    } finally {
      spawnSync("umount", [small]);
    }
  });

  it("to a reader that went away is a failure, and is rescued", async () => {
    const work = start(["photo.png", "painting.png", ...SMALL, "-o", "-"], folder());
    work.child.stdout?.destroy();
    const { code, stderr } = await work.ended;
    expect(code).toBe(1);
    expect(stderr).toContain("Standard output did not take the whole result");
    expect(await readPicture(rescuedIn(stderr))).toMatchObject({ width: 32 });
  });

  it("because the loss became infinite is a failure that keeps the best picture before that", async () => {
    const cwd = folder();
    const wild = ["--optimizer", "adam", "--learning-rate", "1e30", "--iterations", "5", "--scales", "1"];
    const args = ["photo.png", "painting.png", "--size", "32", ...QUICK, ...wild, "-o", "out.png", "--json"];
    const { code, stdout, stderr } = await run(args, cwd);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/stopped being a finite number at evaluation 2: lower .* is in "out\.png"\.\n$/);
    const recipe: unknown = JSON.parse((await run(["recipe", "out.png"], cwd)).stdout);
    expect(recipe).toMatchObject({ stopped: true, evaluations: 1, loss: { total: expect.any(Number) } });
  });

  it("does not happen to a sheet because a painting goes while it is made", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "gone.png"), painting);
    const flags = ["--strengths", "0.5", "--size", "32", "--iterations", "20", ...QUICK];
    const work = start(["sheet", "photo.png", "painting.png", "gone.png", ...flags, "-o", "out.html"], cwd);
    await work.said("Cell 1 of 2");
    rmSync(join(cwd, "gone.png"));
    expect(await work.ended).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, "out.html"), "utf8")).not.toContain(">not made<");
  });

  it("because its recipe is too long for its format is refused before the work", async () => {
    const cwd = folder();
    const long = `${"x".repeat(200)}.png`;
    writeFileSync(join(cwd, long), painting);
    const styles = Array.from({ length: 220 }, () => long);
    const { code, stderr } = await run(["photo.png", ...styles, ...SMALL, "--quiet", "-o", "out.jpg"], cwd);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "impasto: The recipe is too long for a JPEG; write a .png, .webp or .tiff instead.\n",
    });
    expect(added(cwd)).toEqual([long]);
  });
});

describe.skipIf(process.platform === "win32")("what is read is not written over", () => {
  it.each([
    ["the photograph itself", ["-o", "photo.png"], "--output", "photo.png"],
    ["a painting, spelled in another way", ["-o", ".//here/./painting.png"], "--output", "painting.png"],
    ["the photograph through a link", ["--preview", "soft.png"], "--preview", "photo.png"],
    ["a painting that has another name too", ["-o", "hard.png"], "--output", "painting.png"],
    ["the start", ["--init", "start.png", "-o", "begin.png"], "--output", "start.png"],
    ["the start by a preview", ["--init", "start.png", "--preview", "begin.png"], "--preview", "start.png"],
  ])("%s", async (_, flags, flag, input) => {
    const cwd = folder();
    symlinkSync(cwd, join(cwd, "here"));
    writeFileSync(join(cwd, "start.png"), photo);
    linkSync(join(cwd, "painting.png"), join(cwd, "hard.png"));
    symlinkSync("photo.png", join(cwd, "soft.png"));
    symlinkSync("start.png", join(cwd, "begin.png"));
    const before = added(cwd);
    const stderr = `impasto: ${flag} would write over the input "${input}": name another file.\n`;
    const ended = await run(["photo.png", "painting.png", ...SMALL, ...flags], cwd);
    expect(ended).toEqual({ code: 2, stdout: "", stderr });
    expect(readFileSync(join(cwd, "photo.png")).equals(photo)).toBe(true);
    expect(readFileSync(join(cwd, "painting.png")).equals(painting)).toBe(true);
    expect(added(cwd)).toEqual(before);
  });

  it("by a sheet neither", async () => {
    const cwd = folder();
    symlinkSync("painting.png", join(cwd, "sheet.png"));
    const stderr = 'impasto: --output would write over the input "painting.png": name another file.\n';
    const ended = await run(["sheet", "photo.png", "painting.png", ...SMALL, "-o", "sheet.png"], cwd);
    expect(ended).toEqual({ code: 2, stdout: "", stderr });
    expect(readFileSync(join(cwd, "painting.png")).equals(painting)).toBe(true);
  });

  it("nor are the weights that are named in the environment", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "weights.png"), photo);
    const weights = join(cwd, "weights.png");
    const args = ["photo.png", "painting.png", ...SMALL, "-o", "weights.png"];
    expect(await runHere(args, { cwd, env: { ...env, IMPASTO_WEIGHTS: weights } })).toMatchObject({
      code: 2,
      stderr: `impasto: --output would write over the input "${weights}": name another file.\n`,
    });
    expect(readFileSync(weights).equals(photo)).toBe(true);
  });

  it("and a preview needs a file", async () => {
    expect(await run(["photo.png", "painting.png", ...SMALL, "--preview", "-"], folder())).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^impasto: --preview needs a file.*\n$/),
    });
  });

  it("nor is the result by its preview", async () => {
    const cwd = folder();
    symlinkSync("out.png", join(cwd, "link.png"));
    const args = ["photo.png", "painting.png", ...SMALL, "-o", "out.png", "--preview", "link.png"];
    expect(await run(args, cwd)).toMatchObject({
      code: 2,
      stderr: 'impasto: --preview and --output are both "link.png": name another file.\n',
    });
  });

  it("while a link that leads to nothing yet stays one, and what it leads to is written", async () => {
    const cwd = folder();
    symlinkSync("target.png", join(cwd, "link.png"));
    const args = ["photo.png", "painting.png", ...SMALL, "-o", "link.png", "--quiet"];
    expect(await run(args, cwd)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(lstatSync(join(cwd, "link.png")).isSymbolicLink()).toBe(true);
    expect(await readPicture(join(cwd, "target.png"))).toMatchObject({ width: 32 });
  });
});

describe.concurrent("standard output", () => {
  it("takes the picture and nothing else, where it is named as the output", async () => {
    const cwd = folder();
    const { child, ended } = start(["photo.png", "painting.png", ...SMALL, "-o", "-"], cwd);
    const parts: Buffer[] = [];
    // As bytes: the process's text would be mangled.
    child.stdout?.removeAllListeners("data").on("data", (part) => parts.push(Buffer.from(part, "latin1")));
    child.stdout?.setEncoding("latin1");
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toContain("Wrote standard output (32×");
    expect(await decodePicture(Buffer.concat(parts), "-")).toMatchObject({ width: 32 });
    expect(added(cwd)).toEqual([]);
  });

  it("takes a sheet's page, too", async () => {
    const args = ["sheet", "photo.png", "painting.png", "--strengths", "0.5", ...SMALL, "-o", "-"];
    const { code, stdout } = await runIn(args, { cwd: folder(), env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!doctype html>.*<\/html>\n$/s);
  });

  it("cannot take a report as well", async () => {
    for (const command of [[], ["sheet"]]) {
      const args = [...command, "photo.png", "painting.png", "-o", "-", "--json"];
      expect(await run(args, folder())).toMatchObject({
        code: 2,
        stdout: "",
        stderr: "impasto: --json and --output - are both for standard output: name a file for one of them.\n",
      });
    }
  });
});

describe("flags that are given twice", () => {
  it.each([
    [["photo.png", "painting.png", "--size", "64", "--size", "32"], "--size"],
    [["photo.png", "painting.png", "-o", "a.png", "--output", "b.png"], "--output"],
    [["sheet", "photo.png", "painting.png", "--strengths", "0.5", "--strengths=0.5"], "--strengths"],
    [["measure", "photo.png", "--content", "photo.png", "--style", "a", "--style", "b"], "--style"],
    [["weights", "fetch", "--mirror", "a", "--mirror", "b"], "--mirror"],
  ])("%j are refused", async (args, flag) => {
    const cwd = folder();
    const stderr = `impasto: Expected ${flag} once but received it twice: leave one out.\n`;
    expect(await run(args, cwd)).toEqual({ code: 2, stdout: "", stderr });
    expect(added(cwd)).toEqual([]);
  });

  it("are not minded where they have no value", async () => {
    const args = ["photo.png", "painting.png", ...SMALL, "--quiet", "--quiet", "-o", "out.png"];
    expect(await run(args, folder())).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("text that comes from elsewhere", () => {
  const CONTROLS = /(?!\n)[\p{Cc}\u202e]/u;
  const NAME = "a\u001b[31m\u009b2J\u202egnp.exe";

  it.skipIf(process.platform === "win32")("as a file's name is shown and not obeyed", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, `${NAME}.png`), painting);
    const args = ["photo.png", `${NAME}.png`, ...SMALL, "--json"];
    const { code, stdout, stderr } = await run(args, cwd);
    expect(code).toBe(0);
    expect(stdout + stderr).not.toMatch(CONTROLS);
    expect(stderr).toContain("Wrote photo-a\\u001b[31m\\u009b2J\\u202egnp.exe.png");
    expect(JSON.parse(stdout)).toMatchObject({ output: `photo-${NAME}.png` });
    const missing = await run(["recipe", `${NAME}.jpg`], cwd);
    expect(missing.stderr).toMatch(/^impasto: There is no file "a\\u001b\[31m.*\n$/);
    expect(missing.stderr).not.toMatch(CONTROLS);
    const unknown = await run([`--${NAME}`, "a", "b"], cwd);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).not.toMatch(CONTROLS);
  });

  it("as a recipe is shown and not obeyed, and means what it meant", async () => {
    const cwd = folder();
    const recipe = { [NAME]: [NAME, "Zoë 星月夜"] };
    writeFileSync(
      join(cwd, "out.png"),
      await encodePicture(waves(5), "png", { recipe: JSON.stringify(recipe) }),
    );
    const { code, stdout } = await run(["recipe", "out.png"], cwd);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(CONTROLS);
    expect(stdout).toContain("Zoë 星月夜");
    expect(JSON.parse(stdout)).toEqual(recipe);
  });

  it("as a recipe nested beyond measure is refused in one sentence", async () => {
    const cwd = folder();
    for (const [levels, code] of [
      [100, 0],
      [101, 1],
      [100_000, 1],
    ] as const) {
      const recipe = `${'{"[[\\\\\\"[":['.repeat(levels / 2)}${levels % 2 ? "[]" : ""}${"]}".repeat(levels / 2)}`;
      writeFileSync(join(cwd, "out.png"), await encodePicture(waves(5), "png", { recipe }));
      const ended = await run(["recipe", "out.png"], cwd);
      expect(ended.code).toBe(code);
      if (code === 0) continue;
      expect(ended.stderr).toMatch(
        /^impasto: The recipe in "out\.png" is nested more than 100 levels deep.*; .*take the picture as impasto.*\n$/,
      );
    }
  });
});

const hasPty = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

describe("a terminal", () => {
  it.skipIf(process.platform === "win32")(
    "that is closed stops the work, and the best so far is saved",
    async () => {
      const cwd = folder();
      const work = start(["photo.png", "painting.png", ...ENDLESS, "-o", "out.png"], cwd);
      await work.said(" 1/100000 ");
      work.child.kill("SIGHUP");
      const { stderr } = await work.ended;
      expect(work.child.signalCode).toBe("SIGHUP");
      expect(stderr).toContain("Stopped; wrote the best so far to out.png");
      expect(await readPicture(join(cwd, "out.png"))).toMatchObject({ width: 64 });
    },
  );

  it.skipIf(!hasPty)(
    "that is gone at once is not written to for ever, nor set right at the end (needs script)",
    async () => {
      const cwd = folder();
      const command = [process.execPath, COMMAND, "photo.png", "painting.png", ...ENDLESS, "-o", "out.png"];
      // The shell alone is told, which passes it on and outlives the command; the first wait ends with the trap.
      const script = `trap 'kill -HUP $!' HUP; ${command.join(" ")} </dev/tty & wait $!; wait $!; echo $? >ended; mv ended status`;
      const terminal = spawn("script", ["-qfec", script, "/dev/null"], {
        cwd,
        env: { ...process.env, ...env, TERM: "dumb" },
      });
      await new Promise<void>((resolve) => {
        terminal.stdout.on("data", (text) => {
          if (String(text).includes(" 1/100000 ")) resolve();
        });
      });
      terminal.kill("SIGKILL");
      while (!existsSync(join(cwd, "status"))) await sleep(50);
      expect(readFileSync(join(cwd, "status"), "utf8")).toBe("129\n");
      expect(await readPicture(join(cwd, "out.png"))).toMatchObject({ width: 64 });
    },
  );

  it("that nobody listens at is no reason to give up the work", async () => {
    const cwd = folder();
    const work = start(["photo.png", "painting.png", ...SMALL, "-o", "out.png"], cwd);
    work.child.stderr?.destroy();
    expect((await work.ended).code).toBe(0);
    expect(await readPicture(join(cwd, "out.png"))).toMatchObject({ width: 32 });
  });

  it.skipIf(!hasPty).concurrent.each([
    ["without a size gets plain lines", "xterm", "rows 0 cols 0", false],
    ["that is dumb gets plain lines", "dumb", "rows 24 cols 80", false],
    ["gets a line that is redrawn, without colours", "xterm", "rows 24 cols 80", true],
  ])("%s (needs script)", async (_, terminal, size, redrawn) => {
    const command = [process.execPath, COMMAND, "photo.png", "painting.png", ...SMALL].join(" ");
    const child = spawn("script", ["-qec", `stty ${size}; exec ${command}`, "/dev/null"], {
      cwd: folder(),
      env: { ...process.env, ...env, TERM: terminal, NO_COLOR: "1" },
    });
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
    });
    await new Promise((resolve) => child.on("close", resolve));
    expect(said).toMatch(/ 1\/2 .*Wrote /s);
    const sequences = said.split("\u001b").slice(1);
    expect(sequences.length > 0).toBe(redrawn);
    // Select Graphic Rendition, which sets colours, ends in m.
    for (const sequence of sequences) expect(sequence).not.toMatch(/^\[[\d;]*m/);
  });
});
