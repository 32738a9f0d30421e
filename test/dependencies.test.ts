/**
 * What runs where the package is installed imports nothing that is there for developers alone. The studio's page is bundled:
 * what it imports is within it.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { globSync } from "tinyglobby";
import { expect, test } from "vitest";
import * as z from "zod";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = z
  .object({
    files: z.array(z.string()),
    dependencies: z.record(z.string(), z.string()),
    peerDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")));

/** What stands in quotes behind `from`, `import` or `import(`, and is a package. */
const PACKAGE = /(?:\bfrom|\bimport)\s*\(?\s*"((?:@[\w.-]+\/)?[a-z][\w.-]*)[/"]/g;

test("What is installed imports only what is installed with it", () => {
  const bundled = ["src/**/*.test.ts", "src/studio/page/**", "src/studio/web/**"];
  const sources = globSync("src/**/*.{ts,tsx}", { cwd: root, ignore: bundled });
  const imported = new Set(
    sources.flatMap((source) =>
      [...readFileSync(`${root}/${source}`, "utf8").matchAll(PACKAGE)].map(([, name = ""]) => name),
    ),
  );
  const installed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
  const others = [...imported].filter((name) => !installed.includes(name));
  expect(imported).toContain("zod");
  // In comments, as somebody else's program has it.
  expect(others.filter((name) => name !== "impasto")).toEqual([]);
});

test("The built page goes with the package", () => {
  expect(manifest.files).toContain("dist");
});
