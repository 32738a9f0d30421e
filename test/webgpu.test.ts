/**
 * WebGPU without a graphics card: SwiftShader, the driver that comes with Debian's chromium, computes on the processor.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

const CHROMIUM = "/usr/lib/chromium";
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`;
/** Most of the time is SwiftShader's, compiling kernels. */
const MINUTES = 60_000;

const schema = z.record(z.string(), z.object({ loss: z.number(), gradient: z.number() }));

describe.skipIf(!existsSync(DRIVER))("WebGPU under Node (needs SwiftShader, of Debian's chromium)", () => {
  let differences: z.infer<typeof schema>;

  beforeAll(async () => {
    const script = fileURLToPath(new URL("webgpu-process.ts", import.meta.url));
    const env = { ...process.env, VK_ICD_FILENAMES: DRIVER, LD_LIBRARY_PATH: CHROMIUM };
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], { env });
    differences = schema.parse(JSON.parse(stdout));
  }, 10 * MINUTES);

  test("has the CPU's losses and gradient", () => {
    expect(differences.gaussian?.loss).toBeLessThan(1e-4);
    expect(differences.gaussian?.gradient).toBeLessThan(1e-3);
  });

  test("makes the CPU's picture, with everything kept on the device, and lets go of it", () => {
    expect(differences.run?.loss).toBeLessThan(1e-3);
    expect(differences.run?.gradient).toBeLessThan(1e-3);
  });
});
