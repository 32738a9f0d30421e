/**
 * Makes the pictures of docs/controls.md from the example pictures, with the built command: those that are missing, or
 * those that are named, anew.
 * Usage: npm run build && npm run docs:controls [-- <picture> ...]
 * @module
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { DRAWN } from "./controls/drawn.ts";
import { COMMANDS, FOLDER, ROWS, SINGLE } from "./controls/pictures.ts";
import { filesNamed } from "./named.ts";
import { encodeStrip } from "./strip.ts";

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const folder = at("docs/controls");
const work = mkdtempSync(join(tmpdir(), "impasto-docs-"));

/** Runs a command, with the repository's files for those that it names. */
function run(command: string, output: string): void {
  const [, ...words] = command.split(" ");
  const given = words.map((word) => (/^(examples|docs)\//.test(word) ? at(word) : word));
  const args = [at("dist/cli/main.js"), ...given, "--quiet", "-o", output];
  execFileSync(process.execPath, args, { cwd: work, stdio: "inherit" });
}

/** The results of commands side by side. */
async function makeRow(commands: readonly string[]): Promise<Uint8Array> {
  const paintings = join(work, FOLDER.name);
  mkdirSync(paintings, { recursive: true });
  for (const file of FOLDER.files) copyFileSync(at(file), join(paintings, basename(file)));
  const pictures: Picture[] = [];
  for (const command of commands) {
    const result = join(work, "result.png");
    run(command, result);
    pictures.push(await readPicture(result));
  }
  return encodeStrip(pictures);
}

async function drawInput(draw: (cat: Picture) => Picture): Promise<Uint8Array> {
  const cat = await readPicture(at("examples/cat.png"), { neededSize: () => ({ width: 300, height: 200 }) });
  return encodePicture(draw(cat), "png");
}

async function make(file: string): Promise<void> {
  console.log(file);
  const output = join(folder, file);
  if (file in SINGLE) run(SINGLE[file], output);
  else writeFileSync(output, await (file in ROWS ? makeRow(ROWS[file]) : drawInput(DRAWN[file])));
}

try {
  mkdirSync(folder, { recursive: true });
  const files = Object.keys({ ...DRAWN, ...COMMANDS });
  const names = process.argv.slice(2);
  const missing = files.filter((file) => !existsSync(join(folder, file)));
  for (const file of names.length > 0 ? filesNamed(files, names) : missing) await make(file);
} finally {
  rmSync(work, { recursive: true });
}
