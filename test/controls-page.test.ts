/**
 * docs/controls.md shows what the script behind it makes: its pictures are there, and so is every command, in full or as
 * what it adds to the page's first, with options that exist.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DRAWN } from "../scripts/controls/drawn.ts";
import { COMMANDS, PLAIN } from "../scripts/controls/pictures.ts";
import { filesNamed } from "../scripts/named.ts";
import { createProgram } from "../src/cli/program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(join(root, "docs", "controls.md"), "utf8");
const lines = page.split("\n");

const found = (pattern: RegExp): readonly string[] =>
  [...page.matchAll(pattern)].map(([, text = ""]) => text);

describe("The page on the controls", () => {
  test("shows every picture that the script makes, once, and all of them are in the repository", () => {
    const pictures = [...found(/!\[[^\]]*\]\(controls\/([^)]+)\)/g)].sort();
    expect(pictures).toEqual(Object.keys({ ...DRAWN, ...COMMANDS }).sort());
    expect(readdirSync(join(root, "docs", "controls")).sort()).toEqual(pictures);
  });

  test.each(Object.entries(COMMANDS))("has every command that %s is made with", (_, commands) => {
    for (const command of commands) {
      const added = command.startsWith(`${PLAIN} `) ? `\`${command.slice(PLAIN.length + 1)}\`` : command;
      expect(lines.includes(command) || page.includes(added), command).toBe(true);
    }
  });

  test("names no other command, and only options that exist", () => {
    const commands = Object.values(COMMANDS).flat();
    for (const command of found(/^(impasto .*)$/gm)) expect(commands).toContain(command);
    const flags = createProgram().options.map(({ long }) => long);
    for (const flag of found(/(--[a-z][a-z-]*)/g)) expect(flags).toContain(flag);
  });
});

describe("The scripts behind the pages", () => {
  test("find pictures by their names, in their own order", () => {
    expect(filesNamed(["a.jpg", "b.svg", "c.png"], ["c", "a.jpg"])).toEqual(["a.jpg", "c.png"]);
  });

  test("refuse a name that no picture has", () => {
    expect(() => filesNamed(["a.jpg", "b.svg"], ["gam"])).toThrow(
      'Expected some of a, b but received "gam".',
    );
  });
});
