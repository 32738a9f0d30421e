/**
 * docs/method.md shows what the script behind it makes: its figures are there, and so is the command of each, word for
 * word, with options that exist.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readCommand } from "../scripts/method-page/command.ts";
import { COMMANDS } from "../scripts/method-page/figures.ts";
import { createProgram } from "../src/cli/program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(join(root, "docs", "method.md"), "utf8");

const found = (pattern: RegExp): readonly string[] =>
  [...page.matchAll(pattern)].map(([, text = ""]) => text);
const figures = found(/!\[[^\]]+\]\(method\/([^)]+)\)/g);
const commands = found(/^(impasto .*)$/gm);

describe("The page on the method", () => {
  test("shows every figure that the script makes, once, and all of them are in the repository", () => {
    expect([...figures].sort()).toEqual(Object.keys(COMMANDS).sort());
    expect(readdirSync(join(root, "docs", "method")).sort()).toEqual([...figures].sort());
  });

  test.each(Object.entries(COMMANDS))("has a command that %s is made with below it", (file, made) => {
    const [, below = ""] = page.split(`](method/${file})`);
    const lines = below.split("![")[0].split("\n");
    const own = [...made, `npm run docs:method -- ${file.replace(/\.\w+$/, "")}`];
    expect(lines.filter((line) => own.includes(line))).not.toEqual([]);
  });

  test.each([...new Set(commands)])(
    "names a command that the script runs and that can be given: %s",
    (command) => {
      expect(Object.values(COMMANDS).flat()).toContain(command);
      expect(() => readCommand(command)).not.toThrow();
    },
  );

  test("names options, scripts and files that exist", () => {
    const flags = createProgram().options.map(({ long }) => long);
    for (const flag of found(/(--[a-z][a-z-]*)/g)) expect(flags).toContain(flag);
    const { scripts }: { scripts: unknown } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const script of found(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(script);
    for (const file of found(/\]\(([^)]+)\)/g))
      expect(() => readFileSync(join(root, "docs", file))).not.toThrow();
  });
});
