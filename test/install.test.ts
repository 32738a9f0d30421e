/**
 * The package as somebody else gets it: packed, installed from its registry into an empty project, with nothing beside it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "impasto-install-"));
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Runs npm, with nothing of what npm tells the scripts that it runs, as these tests may be one. */
function npm(args: readonly string[], cwd = project) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_(?!registry|cache)|package)/i.test(name),
  );
  return spawnSync("npm", args, {
    cwd,
    encoding: "utf8",
    env: Object.fromEntries(own),
    shell: process.platform === "win32",
  });
}

/** Whether there is a registry, for without one nothing can be installed. */
const reachable = npm(["ping", "--fetch-retries=0", "--fetch-timeout=5000"]).status === 0;

const installed = z.object({
  packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().default(false) })),
});

describe.runIf(reachable)(
  "Installed from its registry into an empty project, with scripts allowed, impasto",
  () => {
    beforeAll(() => {
      writeFileSync(join(project, "package.json"), '{ "type": "module" }');
      const packed = npm(["pack", "--silent", "--pack-destination", project], root);
      expect(packed.status, packed.stderr).toBe(0);
      const [archive = ""] = readdirSync(project).filter((name) => name.endsWith(".tgz"));
      const quiet = ["--no-audit", "--no-fund", "--no-progress", "--prefer-offline"];
      const { status, stderr } = npm(["install", "--ignore-scripts=false", ...quiet, `./${archive}`]);
      expect(status, stderr).toBe(0);
    }, 300_000);

    test("brings nothing with an install script that might download", () => {
      const file = readFileSync(join(project, "node_modules", ".package-lock.json"), "utf8");
      const { packages } = installed.parse(JSON.parse(file));
      const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
      // It compares versions, and writes a warning.
      expect(scripted.map(([path]) => path)).toEqual(["node_modules/protobufjs"]);
      expect(Object.keys(packages)).not.toContain("node_modules/onnxruntime-node");
    });

    test("repaints a picture, and says how to get the faster package", { timeout: 300_000 }, () => {
      const command = join("node_modules", "impasto", "dist", "cli", "main.js");
      const pictures = ["cat.png", "starry_night.jpg"].map((name) =>
        join("node_modules", "impasto", "examples", name),
      );
      const { IMPASTO_WEIGHTS: _, ...env } = process.env;
      const { status, stderr } = spawnSync(
        process.execPath,
        [command, ...pictures, "-o", "out.png", "--size", "32", "--iterations", "2"],
        { cwd: project, encoding: "utf8", env: { ...env, IMPASTO_CACHE: join(project, "cache") } },
      );
      expect(status, stderr).toBe(0);
      expect(stderr).toContain(
        "onnxruntime-node is not installed: run `npm install onnxruntime-node --ignore-scripts`",
      );
      expect(existsSync(join(project, "out.png"))).toBe(true);
    });

    test("has types that need nothing else", () => {
      writeFileSync(
        join(project, "program.ts"),
        'import { openEngine, openRunner, type Runtime } from "impasto";\nimport { writeOnnx } from "impasto/graph";\nconst { runtime } = await openEngine();\nexport const all: [Runtime, unknown, unknown] = [runtime, openRunner, writeOnnx];\n',
      );
      const settings = [
        "--strict",
        "--noEmit",
        "--module",
        "nodenext",
        "--target",
        "es2022",
        "--lib",
        "es2023,dom",
      ];
      const types = ["--typeRoots", join(root, "node_modules", "@types"), "--types", "node"];
      const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
      const { status, stdout } = spawnSync(process.execPath, [tsc, ...settings, ...types, "program.ts"], {
        cwd: project,
        encoding: "utf8",
      });
      expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    });
  },
);
