/**
 * Vitest's global setup: builds the command that the tests run as a process, if its sources are newer than it is.
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMMAND } from "./cli-process.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Called once by Vitest, before any test. */
export default function buildIfStale(): void {
  const built = existsSync(COMMAND) ? statSync(COMMAND).mtimeMs : 0;
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => statSync(join(root, "src", file)).mtimeMs);
  if (built >= Math.max(...sources)) return;
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) console.warn(`The build has errors; the command is tested as far as it goes.\n${stdout}`);
}
