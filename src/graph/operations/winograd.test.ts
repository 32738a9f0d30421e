import onnxProto from "onnx-proto";
import { describe, expect, test } from "vitest";
import { evaluate, onCpu, relativeError, uniform } from "../../../test/evaluate.ts";
import { type MadeConstants, writeOnnx } from "../onnx.ts";
import { apply, type Capabilities, constant, input, type Tensor } from "../tensor.ts";
import { adjointConvolutionOperation, convolution } from "./convolution.ts";

/** Winograd's form is written on the CPU for constant kernels with as many channels as this on either side. */
const CHANNELS = 256;
const KERNELS = {
  "256 to 256": { from: CHANNELS, to: CHANNELS },
  "257 to 260": { from: 257, to: 260 },
} as const;

const operatorsIn = (bytes: Uint8Array): string[] =>
  (onnxProto.onnx.ModelProto.decode(bytes).graph?.node ?? []).map(({ opType }) => opType ?? "");

/** Writes a model for the CPU but for what is named. */
function write(output: Tensor, other: Partial<Capabilities> = {}) {
  const { capabilities, made } = onCpu();
  return writeOnnx({ output }, { capabilities: { ...capabilities, ...other }, made });
}

describe.each(Object.entries(KERNELS))("Winograd's convolution, %s channels,", (_, { from, to }) => {
  const kernel = uniform([to, from, 3, 3], 3);
  const bias = constant(uniform([to], 4), [to]);
  const fixed = constant(kernel, [to, from, 3, 3]);
  // A kernel that is fed takes ONNX's own convolution.
  const fed = input("kernel", [to, from, 3, 3]);

  test.each([
    [1, 1, 1],
    [1, 1, 5],
    [3, 2, 3],
    [1, 4, 4],
    [2, 5, 4],
    [1, 7, 6],
    [2, 8, 12],
    [1, 20, 13],
  ])("and its adjoint agree with ONNX's own for %i × %i × %i pixels", async (batch, height, width) => {
    const x = input("x", [batch, from, height, width]);
    const back = input("back", [batch, to, height, width]);
    const adjoint = (weights: Tensor) => apply(adjointConvolutionOperation, [back, weights], { padding: 1 });
    const results = await evaluate(
      {
        winograd: convolution(x, fixed, bias, 1),
        plain: convolution(x, fed, bias, 1),
        turnedWinograd: adjoint(fixed),
        turnedPlain: adjoint(fed),
      },
      { kernel, x: uniform(x.shape, 5), back: uniform(back.shape, 6) },
    );
    expect(relativeError(results.winograd, results.plain)).toBeLessThan(1e-5);
    expect(relativeError(results.turnedWinograd, results.turnedPlain)).toBeLessThan(1e-5);
  });
});

describe("A convolution", () => {
  const kernel = constant(uniform([CHANNELS, CHANNELS, 3, 3], 1), [CHANNELS, CHANNELS, 3, 3]);
  const bias = constant(new Float32Array(CHANNELS), [CHANNELS]);
  const wide = convolution(input("x", [1, CHANNELS, 8, 8]), kernel, bias, 1);

  test("of many channels is written in Winograd's form only where that is the faster", () => {
    expect(operatorsIn(write(wide).bytes)).not.toContain("Conv");
    const plain = write(wide, { winograd: false });
    expect(operatorsIn(plain.bytes)).toContain("Conv");
    expect(plain.shared.size).toBe(0);
  });

  test("has its transformed kernel fed only where feeding is free, and else in the model", () => {
    const bytes = 36 * CHANNELS * CHANNELS * Float32Array.BYTES_PER_ELEMENT;
    const [fed, kept] = [write(wide), write(wide, { freeFeeds: false })];
    expect([fed.shared.size, kept.shared.size]).toEqual([1, 0]);
    expect(fed.bytes.length).toBeLessThan(bytes);
    expect(kept.bytes.length).toBeGreaterThan(bytes);
    expect(operatorsIn(kept.bytes)).toEqual(operatorsIn(fed.bytes));
  });

  test.each([
    ["few channels", convolution(input("x", [1, 255, 8, 8]), input("k", [256, 255, 3, 3]), bias, 1)],
    ["a kernel that is fed", convolution(input("x", [1, CHANNELS, 8, 8]), input("k", kernel.shape), bias, 1)],
    ["no padding", convolution(input("x", [1, CHANNELS, 8, 8]), kernel, bias, 0)],
  ])("with %s is written as ONNX's own", (_, plain) => {
    expect(operatorsIn(write(plain).bytes)).toContain("Conv");
  });

  test("shares its transformed kernel with its adjoint and with other models", () => {
    const adjoint = apply(adjointConvolutionOperation, [wide, kernel], { padding: 1 });
    const made: MadeConstants = new WeakMap();
    const first = writeOnnx({ adjoint }, onCpu(made));
    const second = writeOnnx({ wide }, onCpu(made));
    expect(first.shared.size).toBe(1);
    expect([...second.shared.values()][0].values).toBe([...first.shared.values()][0].values);
  });
});
