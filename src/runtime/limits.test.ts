import { expect, test } from "vitest";
import { LEAST_WEBGPU, webGpuLimits } from "./limits.ts";

test("A tensor on a graphics card is bounded by its buffer and by what a program sees of one", () => {
  expect(webGpuLimits({ maxBufferSize: 4e9, maxStorageBufferBindingSize: 2e9 })).toEqual({ tensor: 2e9 });
  expect(webGpuLimits({ maxBufferSize: 1e9, maxStorageBufferBindingSize: 2e9 })).toEqual({ tensor: 1e9 });
  // https://www.w3.org/TR/webgpu/#limits
  expect(webGpuLimits(LEAST_WEBGPU)).toEqual({ tensor: 134_217_728 });
});
