import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { evaluate, relativeError, uniform } from "../../../test/evaluate.ts";
import { openRuntime } from "../../runtime/onnxruntime.node.ts";
import { gradients } from "../gradients.ts";
import { sizeOf } from "../shape.ts";
import { apply, constant, input, type Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { averagePool } from "./average-pool.ts";
import { adjointConvolutionOperation, convolution } from "./convolution.ts";
import { maxPool } from "./max-pool.ts";
import { multiply, scale, square } from "./multiply.ts";
import { relu } from "./relu.ts";
import { reshape } from "./reshape.ts";
import { rowProducts } from "./row-products.ts";
import { total } from "./sum.ts";

const CHANNELS = 16;
const kernelValues = uniform([CHANNELS, CHANNELS, 3, 3], 1);
const fixed = constant(kernelValues, [CHANNELS, CHANNELS, 3, 3]);
/** The same kernel, fed: ONNX Runtime then has no blocked layout. */
const fed = input("kernel", [CHANNELS, CHANNELS, 3, 3]);
const bias = constant(uniform([CHANNELS], 2), [CHANNELS]);

/** Two convolutions with a pooling between, and a loss of the first's Gram matrix and the second's values. */
function lossOf(image: Tensor, kernel: Tensor, pool: (x: Tensor) => Tensor): Tensor {
  const first = relu(convolution(image, kernel, bias, 1));
  const [batch = 0, , height = 0, width = 0] = first.shape;
  const gram = rowProducts(reshape(first, [batch * CHANNELS, height * width]));
  const second = relu(convolution(pool(convolution(first, kernel, bias, 1)), kernel, bias, 1));
  return add(total(square(scale(1e-2, gram))), total(square(second)));
}

/** How often ONNX Runtime converts a picture into the blocked layout or out of it, in one run. */
async function conversions(outputs: Readonly<Record<string, Tensor>>, image: Float32Array): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "impasto-blocked-"));
  try {
    const runtime = await openRuntime({ device: "cpu", threads: 1, profile: join(folder, "run") });
    const program = await runtime.compile(outputs);
    await program.run({ image });
    await program.release();
    const [file = ""] = await readdir(folder);
    const events = eventsSchema.parse(JSON.parse(await readFile(join(folder, file), "utf8")));
    return events.filter(({ args }) => /^Reorder/.test(args?.op_name ?? "")).length;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const eventsSchema = z.array(z.object({ args: z.object({ op_name: z.string().optional() }).optional() }));

describe.each([
  ["max pooling", maxPool],
  ["average pooling", averagePool],
])("A gradient through convolutions and %s", (_, pool) => {
  test.each([
    [1, 8, 12],
    [2, 7, 9],
    [1, 2, 3],
  ])("is the same in the blocked layout, %i pictures of %i × %i pixels", async (batch, height, width) => {
    const image = input("image", [batch, CHANNELS, height, width]);
    const [blocked] = gradients(lossOf(image, fixed, pool), [image]);
    const [plain] = gradients(lossOf(image, fed, pool), [image]);
    const values = { image: uniform(image.shape, 3), kernel: kernelValues };
    const results = await evaluate({ blocked, plain }, values);
    expect(relativeError(results.blocked, results.plain)).toBeLessThan(1e-5);
  });

  // The image in, features out and their gradient in, the second's values and mask out and their gradient in, the
  // image's gradient out; and with max pooling what is divided at a quarter of the size, two out and one in.
  test.runIf(process.arch === "x64").each([
    [16, 16],
    [15, 13],
  ])("converts only what comes from elsewhere or goes there, at %i × %i pixels", async (height, width) => {
    const image = input("image", [1, CHANNELS, height, width]);
    const [gradient] = gradients(lossOf(image, fixed, pool), [image]);
    const expected = pool === maxPool ? 10 : 7;
    expect(await conversions({ gradient }, uniform(image.shape, 3))).toBe(expected);
  });
});

test("Equal largest values share the gradient in the blocked layout too", async () => {
  const image = input("image", [1, CHANNELS, 8, 8]);
  const flat = constant(new Float32Array(CHANNELS * CHANNELS).fill(1 / CHANNELS), [CHANNELS, CHANNELS, 1, 1]);
  const pooled = maxPool(convolution(image, flat, constant(new Float32Array(CHANNELS), [CHANNELS]), 0));
  const [gradient] = gradients(total(scale(3, pooled)), [image]);
  const results = await evaluate({ gradient }, { image: new Float32Array(CHANNELS * 64).fill(0.5) });
  expect([...results.gradient]).toEqual(new Array(CHANNELS * 64).fill(0.75));
});

describe("The blocked layout", () => {
  const zeros = (...shape: number[]): Tensor => constant(new Float32Array(sizeOf(shape)), shape);
  const wide = convolution(input("x", [1, 256, 4, 4]), zeros(256, 256, 3, 3), zeros(256), 1);
  const picture = (channels: number): Tensor => {
    return convolution(input("x", [1, 3, 4, 4]), zeros(channels, 3, 1, 1), zeros(channels), 0);
  };

  test.each<[string, Tensor]>([
    ["a convolution whose channels fill blocks", picture(32)],
    ["its rectified, pooled and squared features", square(maxPool(relu(picture(32))))],
    ["a multiple of it", scale(3, picture(32))],
    ["its sum with a value from elsewhere", add(picture(32), input("y", [1, 32, 4, 4]))],
    ["its adjoint", apply(adjointConvolutionOperation, [picture(16), fixed], { padding: 1 })],
  ])("holds %s", (_, tensor) => {
    expect(tensor.blocked).toBe(true);
  });

  test.each<[string, Tensor]>([
    ["a convolution whose channels fill none", picture(3)],
    ["one with a kernel that is fed", convolution(picture(16), fed, bias, 1)],
    ["one of ten channels", convolution(picture(10), zeros(32, 10, 3, 3), zeros(32), 1)],
    ["one in Winograd's form", wide],
    ["a product with one number a channel", multiply(picture(32), input("y", [1, 32, 1, 1]))],
    ["a sum of two shapes", add(picture(32), maxPool(maxPool(picture(32))))],
    ["features as a matrix", reshape(picture(32), [32, 16])],
  ])("does not hold %s", (_, tensor) => {
    expect(tensor.blocked).toBe(false);
  });
});
