/**
 * Runs that save themselves, as processes where they are killed or stopped: killed at moments that nobody chose they go on to the same bytes, stopped they
 * save what they made, and no checkpoint that is not one, or whose pictures are not there, is gone on with.
 */
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import { loadRun, type SavedRun, saveRun } from "../src/job/saved-run.ts";
import { bytesIn, makeFolders, smallPicture } from "./cli-folders.ts";

const { folder, run, start, remove } = makeFolders();
afterAll(remove);

const SMALL = ["--size", "48", "--network", "built-in", "--device", "cpu", "--threads", "1"];
const PICTURES = ["photo.png", "painting.png"];
const EVALUATIONS = 120;
const ALL = [...PICTURES, ...SMALL, "--iterations", String(EVALUATIONS)];

let whole: Buffer;
beforeAll(async () => {
  const cwd = await folder(...PICTURES);
  expect(await run([...ALL, "-o", "out.png"], cwd)).toMatchObject({ code: 0 });
  whole = bytesIn(cwd, "out.png");
});

const checkpointIn = (cwd: string): SavedRun => loadRun(bytesIn(cwd, "run.ckpt"));

/** When a file was last written, 0 where it is not there. */
const written = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** A run that was stopped after a few evaluations, and whose checkpoint and best picture are there. */
async function stopped(
  flags: readonly string[] = ["-o", "out.png"],
  folders: readonly string[] = [],
): Promise<string> {
  const cwd = await folder(...PICTURES);
  for (const name of folders) mkdirSync(join(cwd, name));
  const work = start([...ALL, ...flags, "--checkpoint", "run.ckpt", "--checkpoint-every", "1000"], cwd);
  await work.said(" 1/");
  await sleep(300);
  work.child.kill("SIGTERM");
  expect(await work.ended).toMatchObject({ code: 143 });
  return cwd;
}

describe("a run with a checkpoint", () => {
  it("that is killed at ten moments comes to the same bytes, and leaves nothing behind", {
    timeout: 240_000,
  }, async () => {
    const cwd = await folder(...PICTURES);
    const checkpoint = join(cwd, "run.ckpt");
    for (let kills = 0; kills < 10; kills++) {
      const before = written(checkpoint);
      const args =
        before === 0
          ? [...ALL, "-o", "out.png", "--checkpoint", "run.ckpt", "--checkpoint-every", "0"]
          : ["resume", "run.ckpt"];
      const work = start(args, cwd);
      let ended = false;
      void work.ended.then(() => {
        ended = true;
      });
      // At first at any moment, then at any moment of its work.
      if (kills > 1) while (written(checkpoint) === before && !ended) await sleep(5);
      await sleep((kills > 1 ? 60 : 1500) * Math.random());
      work.child.kill("SIGKILL");
      expect(await work.ended).toMatchObject({ code: null });
    }
    const { evaluation, evaluationsBefore } = checkpointIn(cwd).state;
    expect(evaluationsBefore + evaluation).toBeGreaterThanOrEqual(8);
    expect(existsSync(join(cwd, "out.png"))).toBe(false);
    const { code, stderr } = await run(["resume", "run.ckpt"], cwd);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("Wrote ") });
    expect(bytesIn(cwd, "out.png").equals(whole)).toBe(true);
    expect(readdirSync(cwd).sort()).toEqual(["out.png", ...PICTURES].sort());
  });

  it("that is told to stop saves the very last evaluation, and goes on from it, with its frames as well", async () => {
    const cwd = await stopped(["-o", "out.png", "--frames", "frames", "--save-every", "20"], ["frames"]);
    const recipe: unknown = JSON.parse((await run(["recipe", "out.png"], cwd)).stdout);
    const { state, job } = checkpointIn(cwd);
    const evaluations = state.evaluationsBefore + state.evaluation;
    expect(evaluations).toBeGreaterThan(1);
    expect(recipe).toMatchObject({ evaluations, stopped: true, content: job.content });
    const { code, stdout } = await run(["resume", "run.ckpt", "-o", "other.png", "--json"], cwd);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      output: "other.png",
      evaluations: EVALUATIONS,
      stopped: false,
    });
    expect(bytesIn(cwd, "other.png").equals(whole)).toBe(true);
    expect(existsSync(join(cwd, "run.ckpt"))).toBe(false);
    const every = [20, 40, 60, 80, 100, 120].map((n) => `frame-${String(n).padStart(6, "0")}.png`);
    expect(readdirSync(join(cwd, "frames")).sort()).toEqual(every);
  });

  it("goes on in another folder, and writes over its own half picture, which had no name of its own", async () => {
    const cwd = await stopped([]);
    expect(existsSync(join(cwd, "photo-painting.png"))).toBe(true);
    const elsewhere = await folder();
    const { code } = await run(["resume", join(cwd, "run.ckpt")], elsewhere);
    expect(code).toBe(0);
    expect(bytesIn(cwd, "photo-painting.png").equals(whole)).toBe(true);
    expect(readdirSync(cwd).sort()).toEqual(["photo-painting.png", ...PICTURES].sort());
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it("holds its pictures where that is asked for, and those from a pipe in any case", async () => {
    const cwd = await stopped(["-o", "out.png", "--checkpoint-pictures"]);
    for (const name of PICTURES) rmSync(join(cwd, name));
    expect(await run(["resume", "run.ckpt"], cwd)).toMatchObject({ code: 0 });
    expect(bytesIn(cwd, "out.png").equals(whole)).toBe(true);

    const piped = await folder(...PICTURES);
    const flags = ["-o", "out.png", "--checkpoint", "run.ckpt", "--checkpoint-every", "0"];
    const work = start(["-", ...ALL.slice(1), ...flags], piped);
    if (work.child.stdin) createReadStream(join(piped, "photo.png")).pipe(work.child.stdin);
    await work.said(" 1/");
    work.child.kill("SIGTERM");
    await work.ended;
    expect(Object.keys(checkpointIn(piped).files ?? {})).toEqual([checkpointIn(piped).job.content.checksum]);
    expect(await run(["resume", "run.ckpt"], piped)).toMatchObject({ code: 0 });
    expect(await readPicture(join(piped, "out.png"))).toEqual(await readPicture(join(cwd, "out.png")));
  });
});

describe("a checkpoint that cannot be gone on with as it is", () => {
  let cwd: string;
  let saved: Buffer;
  beforeAll(async () => {
    cwd = await stopped();
    saved = bytesIn(cwd, "run.ckpt");
    rmSync(join(cwd, "out.png"));
  });

  /** What is said of a checkpoint whose pictures are there, and that nothing is changed. */
  async function refusal(checkpoint: Uint8Array) {
    const place = await folder(...PICTURES);
    writeFileSync(join(place, "run.ckpt"), checkpoint);
    const before = readdirSync(place);
    const { code, stdout, stderr } = await run(["resume", "run.ckpt", "--quiet"], place);
    expect(readdirSync(place)).toEqual(before);
    expect(bytesIn(place, "run.ckpt").equals(checkpoint)).toBe(true);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^impasto: [^\n]*\.\n$/);
    return { code, stderr };
  }

  /** The checkpoint, changed. */
  const changed = (change: (run: SavedRun) => Partial<SavedRun>): Uint8Array => {
    const before = loadRun(saved);
    return saveRun({ ...before, ...change(before) });
  };

  it.each([
    [
      "cut short",
      () => saved.subarray(0, saved.length / 2),
      1,
      /"run\.ckpt" is truncated: .*: it is no checkpoint, or was cut short or changed; begin anew/,
    ],
    ["empty", () => new Uint8Array(), 1, /"run\.ckpt" is truncated: it is no checkpoint/],
    [
      "a picture",
      () => smallPicture("photo.png"),
      1,
      /"run\.ckpt" is no safetensors file.*: it is no checkpoint/,
    ],
    [
      "of another format",
      () => Buffer.from(saved.toString("latin1").replace("impasto run 1", "impasto run 2"), "latin1"),
      2,
      /"run\.ckpt" is not a run that this version of impasto can go on with: .*"impasto run 2"/,
    ],
    [
      "of another version",
      () => changed(({ note = "" }) => ({ note: note.replace(/impasto \d+\.\d+\.\d+/, "impasto 99.0.0") })),
      2,
      /"run\.ckpt" was saved by impasto 99\.0\.0, and impasto \S+ might make another picture of it: go on with impasto 99\.0\.0, or begin anew/,
    ],
    [
      "of another program",
      () => changed(() => ({ note: "hello" })),
      2,
      /"run\.ckpt" was not saved by impasto's command line/,
    ],
    [
      "of another network",
      () => changed(({ job }) => ({ job: { ...job, network: { name: "built-in", checksum: "0123" } } })),
      2,
      /made with the network built-in \(SHA-256 0123\), and here is built-in \(SHA-256 [0-9a-f]{64}\)/,
    ],
  ] as const)("is refused, and stays as it is: %s", async (_, checkpoint, code, message) => {
    const ended = await refusal(await checkpoint());
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(code);
  });

  it("is gone on with from the file on the disk where the picture that it holds is damaged", async () => {
    const place = await folder(...PICTURES);
    const damaged = Buffer.from(await smallPicture("photo.png")).fill(0, 500);
    const holding = changed(({ job }) => ({ files: { [job.content.checksum]: damaged } }));
    writeFileSync(join(place, "run.ckpt"), holding);
    const { code, stderr } = await run(["resume", "run.ckpt", "-o", "out.png"], place);
    expect(stderr).toMatch(/^The copy of "photo\.png" in "run\.ckpt" is damaged; ".*photo\.png" is read\.$/m);
    expect(code).toBe(0);
    expect(bytesIn(place, "out.png").equals(whole)).toBe(true);
  });

  it("is refused where its output would be itself or an input of the run", async () => {
    copyFileSync(join(cwd, "run.ckpt"), join(cwd, "run.png"));
    for (const output of ["run.png", "photo.png"]) {
      const { code, stderr } = await run(["resume", "run.png", "-o", output], cwd);
      expect(stderr).toMatch(/^impasto: --output would write over the input ".*": name another file\.\n$/);
      expect(stderr).toContain(output);
      expect(code).toBe(2);
    }
  });

  it("is refused where its pictures are gone or changed, until they are found under whatever name", async () => {
    const { job } = loadRun(saved);
    const moved = await folder("other.png");
    await mkdir(join(moved, "below"));
    renameSync(join(cwd, "photo.png"), join(moved, "below", "cat.jpg"));
    writeFileSync(join(cwd, "painting.png"), await smallPicture("another"));
    const { code, stderr } = await run(["resume", "run.ckpt"], cwd);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `"photo.png" (SHA-256 ${job.content.checksum}); "painting.png" (SHA-256 ${job.styles[0]?.checksum}), for "${join(cwd, "painting.png")}" is another file`,
    );
    expect(stderr).toMatch(/put them back, or name a folder to look into with --find\.\n$/);
    writeFileSync(join(moved, "painting.png"), await smallPicture("painting.png"));
    expect(await run(["resume", "run.ckpt", "--find", moved], cwd)).toMatchObject({ code: 0 });
    expect(bytesIn(cwd, "out.png").equals(whole)).toBe(true);
  });
});

describe("a file for checkpoints", () => {
  it.each([
    [["--checkpoint", "photo.png"], /--checkpoint would write over the input "photo\.png"/],
    [["--checkpoint", "out.png"], /--checkpoint and --output are both "out\.png"/],
    [
      ["--checkpoint", "there.ckpt"],
      /"there\.ckpt" is there already, .* `impasto resume \S*there\.ckpt` goes on with it/,
    ],
    [["--checkpoint", "nowhere/a.ckpt"], /no folder "nowhere"/],
    [["--checkpoint", "-"], /--checkpoint needs a file/],
    [["--checkpoint-every", "5"], /--checkpoint-every is for --checkpoint/],
    [["--checkpoint-pictures"], /--checkpoint-pictures is for --checkpoint/],
    [["--checkpoint", "a.ckpt", "--checkpoint-every", "-1"], /for --checkpoint-every but received "-1"/],
    [["--checkpoint", "a.ckpt", "--checkpoint-every", "soon"], /for --checkpoint-every but received "soon"/],
  ])("is refused before the work: %j", async (flags, message) => {
    const cwd = await folder(...PICTURES);
    writeFileSync(join(cwd, "there.ckpt"), "precious");
    const { code, stderr } = await run([...ALL, "-o", "out.png", ...flags], cwd);
    expect(stderr).toMatch(/^impasto: [^\n]*\.\n$/);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(readdirSync(cwd).sort()).toEqual(["there.ckpt", ...PICTURES].sort());
    expect(readFileSync(join(cwd, "there.ckpt"), "utf8")).toBe("precious");
  });
});
