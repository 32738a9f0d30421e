/**
 * Pictures by WebAssembly, as the command makes them: in a worker thread, which has threads of its own.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import * as z from "zod";
import { run } from "./cli-process.ts";

const folder = mkdtempSync(join(tmpdir(), "impasto-wasm-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = (name: string): string => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

const report = z.object({ loss: z.object({ total: z.number() }) });

/** The loss of a picture made on a device. */
async function lossOn(device: string): Promise<number> {
  const args = ["--size", "32", "--iterations", "2", "--network", "built-in", "--threads", "2", "--json"];
  const inputs = [example("cat.png"), example("starry_night.jpg"), "-o", `${device}.png`, "--device", device];
  const { code, stdout, stderr } = await run([...inputs, ...args], { cwd: folder });
  expect(code, stderr).toBe(0);
  return report.parse(JSON.parse(stdout)).loss.total;
}

test("With two threads of WebAssembly the command makes the processor's picture, and ends by itself", {
  timeout: 300_000,
}, async () => {
  expect((await lossOn("wasm")) / (await lossOn("cpu"))).toBeCloseTo(1, 4);
});
