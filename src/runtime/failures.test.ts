import { describe, expect, test } from "vitest";
import { ImpastoError } from "../errors.ts";
import { input } from "../graph/tensor.ts";
import { failingClearly } from "./failures.ts";
import type { KeepingRuntime } from "./kept-programs.ts";

/** A runtime whose programs do what is said, and whose release fails. */
const breaking = (run: () => Promise<Record<string, Float32Array>>): KeepingRuntime => ({
  device: "webgpu",
  threads: 1,
  compile: async () => ({ run, release: () => Promise.reject(new Error("release failed")) }),
  release: async () => {},
});

const outputs = { x: input("x", [1]) };

describe("A runtime that fails clearly", () => {
  test("waits for no device that is lost, neither for what runs nor for what would run then", async () => {
    let lose = (_: string): void => {};
    const lost = new Promise<string>((resolve) => {
      lose = resolve;
    });
    const runtime = failingClearly(
      breaking(() => new Promise(() => {})),
      lost,
    );
    const program = await runtime.compile(outputs);
    const running = program.run({});
    lose("unplugged");
    await expect(running).rejects.toThrow(/^The device "webgpu" was lost \(unplugged\)/);
    await expect(running).rejects.toBeInstanceOf(ImpastoError);
    await expect(program.run({})).rejects.toBeInstanceOf(ImpastoError);
    await expect(runtime.compile(outputs)).rejects.toBeInstanceOf(ImpastoError);
    await program.release();
  });

  test.each([
    ["failed to allocate a buffer of size 5", /too little memory.*size 5/],
    ["Calculation for Tensor storage size overflowed", /too little memory/],
  ])("says what %s means, and is not in the way of it with what fails later", async (message, said) => {
    const program = await failingClearly(breaking(() => Promise.reject(new Error(message)))).compile(outputs);
    await expect(program.run({})).rejects.toThrow(said);
    await program.release();
  });

  test("says of ONNX Runtime that it broke, and leaves other errors as they are", async () => {
    const broken = breaking(() => Promise.reject(new WebAssembly.RuntimeError("unreachable")));
    const program = await failingClearly(broken).compile(outputs);
    await expect(program.run({})).rejects.toThrow(
      /^ONNX Runtime broke on the device "webgpu" \(unreachable\)/,
    );
    const other = await failingClearly(breaking(() => Promise.reject(new TypeError("a mistake"))));
    await expect((await other.compile(outputs)).run({})).rejects.toThrow(TypeError);
    await expect((await other.compile(outputs)).release()).resolves.toBeUndefined();
    const whole = failingClearly(breaking(async () => ({})));
    await expect((await whole.compile(outputs)).release()).rejects.toThrow("release failed");
  });
});
