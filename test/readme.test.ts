/**
 * The README's example of the library, taken from the page and run for real: in a folder of its own, where "impasto" is
 * the built package and `examples` holds the pictures of the repository. Only its size is made smaller.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "impasto-readme-"));
const typescript = join(root, "node_modules", "typescript", "bin", "tsc");

/** What makes the example a matter of seconds: the text on the page, and what is run in its place. */
const PAGE_SIZE = "size: 512";
const TEST_SIZE = "size: 64, iterations: 2";

/** The blocks of TypeScript on the page. @throws where there is no page or no block. */
function examplesOf(path: string): readonly string[] {
  if (!existsSync(path)) throw new Error("There is no README.md");
  const examples = [...readFileSync(path, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map(
    ([, example = ""]) => example,
  );
  if (examples.length === 0) throw new Error("README.md has no block that begins with ```ts");
  return examples;
}

const run = (args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  return { status, output: stdout + stderr };
};

beforeAll(() => {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "impasto"), "junction");
  symlinkSync(join(root, "examples"), join(folder, "examples"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ["first", 0, "out.png"],
  ["second", 1, "job.png"],
])("The README's %s example of the library", (_, index, output) => {
  const example = examplesOf(join(root, "README.md"))[index] ?? "";

  test("imports impasto, reads the example pictures and writes one", () => {
    expect(example).toMatch(/from "impasto"/);
    expect(example).toContain('"examples/cat.png"');
    expect(example).toContain('"examples/starry_night.jpg"');
    expect(example).toContain(`"${output}"`);
    expect(example.split(PAGE_SIZE)).toHaveLength(2);
  });

  test("is TypeScript without errors", () => {
    writeFileSync(join(folder, "example.ts"), example);
    const settings = ["--strict", "--noEmit", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"];
    const types = ["--typeRoots", join(root, "node_modules", "@types"), "--types", "node"];
    expect(run([typescript, ...settings, ...types, "example.ts"])).toEqual({ status: 0, output: "" });
  });

  test("repaints the cat", { timeout: 300_000 }, async () => {
    writeFileSync(join(folder, "example.js"), example.replace(PAGE_SIZE, TEST_SIZE));
    const ended = run(["example.js"]);
    expect(ended.status, ended.output).toBe(0);
    const picture = await readPicture(join(folder, output));
    expect(Math.max(picture.width, picture.height)).toBe(64);
  });
});

test("There are no other examples of the library", () => {
  expect(examplesOf(join(root, "README.md"))).toHaveLength(2);
});

describe("The README's first command", () => {
  test("repaints the cat without weights, and says with which network", async () => {
    const [, line = ""] = /^```sh\n(.*)\n```$/m.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
    const [node, script = "", ...args] = line.split("&&").at(-1)?.trim().split(" ") ?? [];
    expect(node).toBe("node");
    const { IMPASTO_WEIGHTS: _, ...env } = process.env;
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, script), ...args, "--size", "64", "--iterations", "2"],
      { cwd: folder, encoding: "utf8", env: { ...env, IMPASTO_CACHE: join(folder, "cache") } },
    );
    expect(status, stderr).toBe(0);
    expect(stderr).toContain("the built-in network; for VGG-19, run `impasto weights fetch`");
    expect((await readPicture(join(folder, "cat-starry_night.png"))).width).toBe(64);
  });
});
