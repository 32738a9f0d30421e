import { describe, expect, test } from "vitest";
import { evaluate, relativeError, uniform } from "../../test/evaluate.ts";
import { ImpastoError } from "../errors.ts";
import { gradients } from "../graph/gradients.ts";
import { convolution } from "../graph/operations/convolution.ts";
import { square } from "../graph/operations/multiply.ts";
import { relu } from "../graph/operations/relu.ts";
import { reshape } from "../graph/operations/reshape.ts";
import { rowProducts } from "../graph/operations/row-products.ts";
import { total } from "../graph/operations/sum.ts";
import { constant, input } from "../graph/tensor.ts";
import { openRuntime } from "./onnxruntime.node.ts";

const wasm = await openRuntime({ device: "wasm", threads: 1 });

/** A style loss of 64 channels, which Winograd's algorithm is good for, and its gradient. */
function styleLoss() {
  const image = input("image", [1, 64, 16, 16]);
  const kernel = constant(
    uniform([64, 64, 3, 3], 1).map((value) => value / 64),
    [64, 64, 3, 3],
  );
  const features = relu(convolution(image, kernel, constant(new Float32Array(64), [64]), 1));
  const loss = total(square(rowProducts(reshape(features, [64, 256]))));
  const [gradient] = gradients(loss, [image]);
  return { loss, gradient };
}

describe("WebAssembly", () => {
  test("comes to the processor's values", async () => {
    const outputs = styleLoss();
    const inputs = { image: uniform([1, 64, 16, 16], 2) };
    const program = await wasm.compile(outputs);
    const [found, expected] = [await program.run(inputs), await evaluate(outputs, inputs)];
    await program.release();
    expect(relativeError(found.loss, expected.loss)).toBeLessThan(1e-5);
    expect(relativeError(found.gradient, expected.gradient)).toBeLessThan(1e-5);
  });

  test("says what it is, and how much it can address", () => {
    expect(wasm).toMatchObject({ device: "wasm", threads: 1, limits: { memory: 3.5e9 } });
  });

  test("has one number of threads in one thread: others are refused, none is taken as it is", async () => {
    expect((await openRuntime({ device: "wasm" })).threads).toBe(1);
    const other = openRuntime({ device: "wasm", threads: 3 });
    await expect(other).rejects.toThrow(ImpastoError);
    await expect(other).rejects.toThrow("with 1 threads here already, and cannot be given 3: use a runner");
  });
});
