import { describe, expect, test } from "vitest";
import { evaluate, uniform } from "../../../test/evaluate.ts";
import { gradients } from "../gradients.ts";
import { ShapeError } from "../shape.ts";
import { apply, constant, input } from "../tensor.ts";
import { adjointConvolutionOperation, convolution } from "./convolution.ts";
import { total } from "./sum.ts";

const KERNEL = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
const noBias = (channels: number) => constant(new Float32Array(channels), [channels]);

describe("Convolution", () => {
  test("gives back the kernel, turned, around a delta, for networks correlate", async () => {
    const delta = constant(Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), [1, 1, 3, 3]);
    const { y } = await evaluate({
      y: convolution(delta, constant(KERNEL, [1, 1, 3, 3]), noBias(1), 1),
    });
    expect([...y]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("of a single pixel is the kernel's middle times it, plus the bias", async () => {
    const { y } = await evaluate({
      y: convolution(
        constant(Float32Array.of(3), [1, 1, 1, 1]),
        constant(KERNEL, [1, 1, 3, 3]),
        constant(Float32Array.of(0.5), [1]),
        1,
      ),
    });
    expect([...y]).toEqual([15.5]);
  });

  test("with a 1×1 kernel mixes channels pixel by pixel", async () => {
    const x = constant(Float32Array.of(1, 2, 3, 10, 20, 30), [1, 2, 1, 3]);
    const mixing = constant(Float32Array.of(1, 1, 1, -1), [2, 2, 1, 1]);
    const { y } = await evaluate({
      y: convolution(x, mixing, constant(Float32Array.of(0, 100), [2]), 0),
    });
    expect([...y]).toEqual([11, 22, 33, 91, 82, 73]);
  });

  test("gives its bias the number of pictures and positions as the gradient of the sum", async () => {
    const bias = input("bias", [2]);
    const y = convolution(
      constant(uniform([2, 1, 3, 5], 1), [2, 1, 3, 5]),
      constant(uniform([2, 1, 3, 3], 2), [2, 1, 3, 3]),
      bias,
      1,
    );
    const [gradient] = gradients(total(y), [bias]);
    expect([...(await evaluate({ gradient })).gradient]).toEqual([30, 30]);
  });

  test("has an adjoint that gives back the kernel itself around a delta", async () => {
    const delta = constant(Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), [1, 1, 3, 3]);
    const kernel = constant(KERNEL, [1, 1, 3, 3]);
    const { y } = await evaluate({ y: apply(adjointConvolutionOperation, [delta, kernel], { padding: 1 }) });
    expect([...y]).toEqual([...KERNEL]);
  });

  test("refuses a kernel for another number of channels, naming itself and the shapes", () => {
    const make = () => convolution(input("x", [1, 3, 8, 8]), input("k", [4, 2, 3, 3]), input("b", [4]), 1);
    expect(make).toThrow(ShapeError);
    expect(make).toThrow(/^convolution: .*\[1, 3, 8, 8\] and \[4, 2, 3, 3\] and \[4\]$/);
  });

  test.each([
    ["a bias of another length", { x: [1, 3, 8, 8], k: [4, 3, 3, 3], b: [5], padding: 1 }],
    ["a bias that is no vector", { x: [1, 3, 8, 8], k: [4, 3, 3, 3], b: [4, 2], padding: 1 }],
    ["a picture without a batch axis", { x: [3, 8, 8], k: [4, 3, 3, 3], b: [4], padding: 1 }],
    ["a kernel larger than the padded picture", { x: [1, 3, 1, 8], k: [4, 3, 5, 5], b: [4], padding: 1 }],
    ["padding that fills whole windows", { x: [1, 3, 8, 8], k: [4, 3, 1, 1], b: [4], padding: 1 }],
  ] as const)("refuses %s", (_, { x, k, b, padding }) => {
    expect(() => convolution(input("x", x), input("k", k), input("b", b), padding)).toThrow(ShapeError);
  });

  test("has an adjoint that refuses in its own name", () => {
    const make = () =>
      apply(adjointConvolutionOperation, [input("x", [1, 3, 8, 8]), input("k", [4, 3, 3, 3])], {
        padding: 1,
      });
    expect(make).toThrow(/^adjointConvolution: .*\[1, 3, 8, 8\] and \[4, 3, 3, 3\]$/);
  });
});
