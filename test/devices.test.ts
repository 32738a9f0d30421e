/**
 * What `auto` makes of a graphics device that is there: SwiftShader, a Vulkan driver that computes on the processor, and is
 * in Debian's package of Chromium. The native libraries look for their driver when a process begins, so that it takes one
 * of its own.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const CHROMIUM = "/usr/lib/chromium";
const DRIVER = join(CHROMIUM, "vk_swiftshader_icd.json");

const built = (file: string): string => JSON.stringify(new URL(`../dist/${file}`, import.meta.url).href);

const PROGRAM = `
const { openRuntime } = await import(${built("runtime/onnxruntime.node.js")});
const { loadNative } = await import(${built("runtime/native.node.js")});
const { device, note } = await openRuntime({ threads: 1 }, { loadNative, mayHave: () => true });
const { limits } = await openRuntime({ device: "webgpu", threads: 1 });
console.log(JSON.stringify({ device, note, limits }));
// WebGPU's own threads may keep the process from ending.
process.exit(0);
`;

test.runIf(existsSync(DRIVER))(
  "WebGPU by SwiftShader gives the processor's values, and is passed over for it is slower (needs Chromium's SwiftShader)",
  { timeout: 300_000 },
  () => {
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", PROGRAM], {
      encoding: "utf8",
      env: { ...process.env, VK_ICD_FILENAMES: DRIVER, LD_LIBRARY_PATH: CHROMIUM },
    });
    expect(JSON.parse(stdout), stderr).toEqual({
      device: "cpu",
      note: "The graphics device (webgpu) is slower here than the processor: using cpu.",
      // What every card takes: ONNX Runtime's native package does not tell what this one does.
      limits: { tensor: 2 ** 27 },
    });
  },
);
