/**
 * The commands that make nothing: what to type, what there is to choose from, what a shell completes, what a
 * machine has. No weights are needed.
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { flagOf } from "../src/cli/flags.ts";
import { LAYERS } from "../src/network/layers.ts";
import { optionFields, PRESET_NAMES } from "../src/transfer/options.ts";
import { runHere as run } from "./cli-here.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-information-"));
const place = { cwd: root, env: { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: join(root, "cache") } };

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("impasto by itself", () => {
  it("says in three lines what to type", async () => {
    const { stdout, stderr, code } = await run([], place);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^impasto \S.{10,}$/);
  });
});

describe("help", () => {
  it("shows what is changed first on top, and the rest in groups", async () => {
    const { stdout } = await run(["--help"], place);
    const headings = [...stdout.matchAll(/^\S.*:$/gm)].map(([heading]) => heading);
    expect(headings).toEqual([
      "Arguments:",
      "Often changed:",
      "Regions:",
      "What counts:",
      "How it is made:",
      "The file:",
      "The machine:",
      "On the way:",
      "What it says:",
      "Commands:",
      "Examples:",
      "Environment:",
    ]);
    const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);
    expect(flags.slice(0, 3)).toEqual(["--output", "--size", "--strength"]);
    expect(flags.at(-1)).toBe("--help");
  });
});

const listedSchema = z.object({
  name: z.string(),
  isDefault: z.boolean(),
  source: z.string().min(1),
  options: z.record(z.string(), z.union([z.string(), z.number()])),
});

describe("impasto presets", () => {
  it("lists all of them, with what each decides", async () => {
    const { stdout, code } = await run(["presets", "--json"], place);
    expect(code).toBe(0);
    const { presets } = z.object({ presets: z.array(listedSchema) }).parse(JSON.parse(stdout));
    expect(presets.map(({ name }) => name)).toEqual(PRESET_NAMES);
    expect(presets.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(["impasto"]);
    expect(presets[1]).toMatchObject({ options: { pooling: "average", iterations: "500", init: "noise" } });
  });

  it("tells people only how the others differ", async () => {
    const { stdout } = await run(["presets"], place);
    const [usual = "", gatys = ""] = stdout.split("\n\n");
    expect(usual).toMatch(/^impasto \(default\): /);
    expect(usual).toMatch(/--optimizer +lbfgs/);
    expect(gatys).toMatch(/^gatys: Gatys/);
    expect(gatys).not.toContain("--optimizer");
  });
});

describe("impasto layers", () => {
  it("lists all of them, and where they can be had", async () => {
    const { stdout } = await run(["layers"], place);
    const rows = stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect(rows.slice(1, -1).map(([layer]) => layer)).toEqual(LAYERS);
    expect(rows).toContainEqual(["conv4_2", "512", "1/8", "yes", "all", "-"]);
    expect(rows).toContainEqual(["conv5_4", "512", "1/16", "no", "-", "-"]);
    const { layers } = JSON.parse((await run(["layers", "--json"], place)).stdout);
    expect(layers[0]).toEqual({
      layer: "conv1_1",
      channels: 64,
      stride: 1,
      builtIn: true,
      content: [],
      style: PRESET_NAMES,
    });
  });
});

const has = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;

describe("impasto completion", () => {
  it.each(["bash", "zsh", "fish"])("writes of every option for %s", async (shell) => {
    const { stdout, code } = await run(["completion", shell], place);
    expect(code).toBe(0);
    for (const { name } of optionFields()) expect(stdout).toContain(flagOf(name).slice(2));
  });

  it("refuses a shell that it does not know", async () => {
    const { stderr, code } = await run(["completion", "tcsh"], place);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^impasto: [^\n]*'tcsh'[^\n]*bash, zsh, fish[^\n]*\.\n$/);
  });

  describe.skipIf(!has("bash"))("in bash (needs bash)", () => {
    const folder = join(root, "files");
    let script: string;
    beforeAll(async () => {
      mkdirSync(folder);
      for (const name of ["sunset.jpg", "a photo.jpg"]) writeFileSync(join(folder, name), "");
      script = (await run(["completion", "bash"], place)).stdout;
    });

    /** What bash would offer for the last of these words. */
    const complete = (...words: string[]): readonly string[] => {
      const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _impasto; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = spawnSync("bash", ["-c", `${script}\n${ask}`, "bash", "impasto", ...words], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      return stdout.split("\n").filter((line) => line !== "");
    };

    it("completes flags and, behind them, what they take", () => {
      expect(complete("--pre")).toEqual(["--preset", "--preview"]);
      expect(complete("--preset", "")).toEqual(PRESET_NAMES);
      expect(complete("--preset", "=", "ga")).toEqual(["gatys"]);
      expect(complete("--iterations", "")).toEqual([]);
      expect(complete("--size", "o")).toEqual(["original"]);
      expect(complete("--network", "")).toEqual(
        expect.arrayContaining(["auto", "vgg19", "built-in", "sunset.jpg", "a photo.jpg"]),
      );
    });

    it("completes commands beside files where the first word may be either", () => {
      expect(complete("s")).toEqual(["sheet", "studio", "sunset.jpg"]);
      expect(complete("sunset.jpg", "s")).toEqual(["sunset.jpg"]);
      expect(complete("weights", "")).toEqual(["where", "fetch", "check"]);
      expect(complete("weights", "check", "--convention", "o")).toEqual(["oxford"]);
      expect(complete("completion", "")).toEqual(["bash", "zsh", "fish"]);
      expect(complete("recipe", "a ")).toEqual(["a photo.jpg"]);
      expect(complete("presets", "--")).toEqual(["--json", "--debug", "--help"]);
    });
  });

  it.skipIf(!has("zsh"))("is without errors of syntax in zsh (needs zsh)", async () => {
    const { stdout: input } = await run(["completion", "zsh"], place);
    expect(spawnSync("zsh", ["-n"], { input, encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it.skipIf(!has("fish"))("completes in fish (needs fish)", async () => {
    const { stdout: script } = await run(["completion", "fish"], place);
    const ask = (line: string) =>
      spawnSync("fish", ["--no-config", "-c", `${script}\ncomplete -C '${line}'`], { encoding: "utf8" });
    expect(ask("impasto --preset g")).toMatchObject({ stdout: "gatys\tthe way of working\n", stderr: "" });
    expect(ask("impasto weights f").stdout).toMatch(/^fetch\t/);
  });
});

describe("impasto doctor", () => {
  it("says in lines what there is, and makes a small picture", async () => {
    const { stdout, stderr, code } = await run(["doctor", "--device", "cpu", "--memory", "2GB"], place);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    const lines = new Map(stdout.split("\n").map((line) => [line.slice(0, 14).trim(), line.slice(14)]));
    expect([...lines.keys()]).toEqual([
      "impasto",
      "Node",
      "System",
      "Processor",
      "Memory",
      "Pictures",
      "Weights",
      "Cache",
      "ONNX Runtime",
      "Trial",
      "",
    ]);
    expect(lines.get("Node")).toBe(process.version);
    expect(lines.get("Memory")).toContain("2.0 GB would be used");
    expect(lines.get("Weights")).toMatch(/^none; for VGG-19, run `impasto weights fetch`/);
    expect(lines.get("Cache")).toContain("cache");
    expect(lines.get("ONNX Runtime")).toMatch(/cpu: works;.*wasm: works$/);
    expect(lines.get("Trial")).toMatch(/^works: 128×96 with built-in on cpu, .* s an evaluation$/);
    expect(readdirSync(root)).not.toContain("cache");
  });

  it("says what does not work, and why, as JSON too, and fails where no picture can be made", async () => {
    const env = { ...place.env, IMPASTO_WEIGHTS: join(root, "missing.h5") };
    const { stdout, code } = await run(["doctor", "--json"], { ...place, env });
    expect(code).toBe(1);
    const facts = JSON.parse(stdout);
    expect(facts).toMatchObject({
      node: process.version,
      codecs: { sharp: expect.any(String), libvips: expect.any(String) },
      runtime: {
        versions: { native: expect.any(String), wasm: expect.any(String) },
        devices: { cpu: true, wasm: true },
      },
      weights: { problem: expect.stringContaining("missing.h5") },
      evaluation: { problem: expect.stringContaining("missing.h5") },
    });
  });
});
