import onnxProto from "onnx-proto";
import { describe, expect, test } from "vitest";
import { onCpu, relativeError, uniform } from "../../test/evaluate.ts";
import { openRuntime } from "../runtime/onnxruntime.node.ts";
import { gradients } from "./gradients.ts";
import { writeOnnx } from "./onnx.ts";
import { absolute } from "./operations/absolute.ts";
import { add } from "./operations/add.ts";
import { concatenate } from "./operations/concatenate.ts";
import { divide } from "./operations/divide.ts";
import { identity } from "./operations/identity.ts";
import { matmul } from "./operations/matmul.ts";
import { matrixInverseSquareRoot, matrixSquareRoot } from "./operations/matrix-square-root.ts";
import { multiply, scale, square } from "./operations/multiply.ts";
import { reshape } from "./operations/reshape.ts";
import { rowProducts } from "./operations/row-products.ts";
import { slice } from "./operations/slice.ts";
import { subtract } from "./operations/subtract.ts";
import { expand, sum, total } from "./operations/sum.ts";
import { transpose } from "./operations/transpose.ts";
import { type Capabilities, constant, input, scalar, type Tensor } from "./tensor.ts";

type Outputs = Readonly<Record<string, Tensor>>;
type Values = Readonly<Record<string, Float32Array>>;

/** The operators of a model, in order, but for the outputs' own. */
function operatorsOf(outputs: Outputs, other: Partial<Capabilities> = {}): string[] {
  const { capabilities, made } = onCpu();
  const { bytes } = writeOnnx(outputs, { capabilities: { ...capabilities, ...other }, made });
  const names = (onnxProto.onnx.ModelProto.decode(bytes).graph?.node ?? []).map(({ opType }) => opType ?? "");
  return names.slice(0, -Object.keys(outputs).length);
}

async function run(outputs: Outputs, values: Values, capabilities: Partial<Capabilities>): Promise<Values> {
  const runtime = await openRuntime({ device: "cpu", threads: 1, capabilities });
  const program = await runtime.compile(outputs);
  try {
    return await program.run(values);
  } finally {
    await program.release();
  }
}

/** Expects the results to be those that the model has as it stands. */
async function expectSame(
  outputs: Outputs,
  capabilities: Partial<Capabilities>,
  values: Values,
): Promise<void> {
  const [plain, lowered] = [await run(outputs, values, {}), await run(outputs, values, capabilities)];
  for (const name of Object.keys(outputs)) {
    expect(relativeError(lowered[name], plain[name]), name).toBeLessThan(1e-6);
  }
}

const [a, b, square3] = [input("a", [3, 5]), input("b", [5, 4]), input("s", [3, 3])];
const s = input("weight", []);
const values: Values = {
  a: uniform([3, 5], 1),
  b: uniform([5, 4], 2),
  s: uniform([3, 3], 3),
  c: uniform([3, 4], 4),
  weight: Float32Array.of(0.7),
};
const c = input("c", [3, 4]);

describe("A model for a device with constant identities", () => {
  const root = matrixSquareRoot(add(rowProducts(square3), identity(3)));

  test("has them in it", async () => {
    expect(operatorsOf({ root })).toContain("EyeLike");
    const lowered = operatorsOf({ root }, { constantIdentity: true });
    expect(lowered).not.toContain("EyeLike");
    expect(lowered).not.toContain("ConstantOfShape");
    await expectSame({ root, two: identity(2) }, { constantIdentity: true }, values);
  });

  test("has them also where only an operation's own form takes one", () => {
    const inverse = matrixInverseSquareRoot(square3);
    expect(operatorsOf({ inverse }, { constantIdentity: true })).not.toContain("EyeLike");
  });
});

describe("A model for a device with Gemm", () => {
  const product = matmul(a, b);

  test.each<[string, Tensor]>([
    ["α A B", scale(0.3, product)],
    ["A B + C", add(product, c)],
    ["C + A B", add(c, product)],
    ["A B − C", subtract(product, c)],
    ["C − A B", subtract(c, product)],
    ["α A B + β C", add(scale(0.3, product), scale(-2, c))],
    ["α (A B + C)", scale(3, add(product, c))],
    ["(α A) B", matmul(scale(0.5, a), b)],
    ["A Bᵀ", matmul(a, transpose(input("bt", [4, 5])))],
    ["Aᵀ B", matmul(transpose(input("at", [5, 3])), b)],
    ["A Aᵀ", scale(2, rowProducts(a))],
    ["(Aᵀ)ᵀ B", matmul(transpose(transpose(a)), b)],
  ])("has %s in one node", async (_, y) => {
    expect(operatorsOf({ y }, { gemm: true })).toEqual(["Gemm"]);
    await expectSame({ y }, { gemm: true }, { ...values, at: uniform([5, 3], 5), bt: uniform([4, 5], 6) });
  });

  test.each<[string, Outputs]>([
    ["a plain product", { product }],
    ["a product that is asked for itself", { product, y: add(product, c) }],
    ["a sum with another shape", { y: add(product, input("row", [1, 4])) }],
    [
      "a product of more than matrices",
      { y: scale(2, matmul(input("p", [2, 3, 5]), input("q", [2, 5, 4]))) },
    ],
    ["a product times a number that is fed", { y: multiply(product, s) }],
  ])("leaves %s", (_, outputs) => {
    expect(operatorsOf(outputs, { gemm: true })).toEqual(operatorsOf(outputs));
  });
});

describe("A model for a device on which nodes are dear", () => {
  const few = { fewNodes: true };

  test.each<[string, Tensor, readonly string[]]>([
    ["constant factors", scale(2, scale(0.25, scale(3, a))), ["Mul"]],
    ["factors that cancel out", scale(2, scale(0.5, a)), []],
    ["numbers that are fed", multiply(scale(2, multiply(a, s)), scalar(3)), ["Mul", "Mul"]],
    ["a value twice", scale(3, add(a, a)), ["Mul"]],
    ["nothing added", add(scalar(0), a), []],
    ["an expanded number", multiply(expand(reshape(s, [1, 1]), [3, 5]), a), ["Mul"]],
    ["an expanded row", multiply(expand(sum(a, [0]), [3, 5]), a), ["ReduceSum", "Mul"]],
    ["a sum", total(a), ["ReduceSum", "ReduceSum"]],
    ["a sum with axes of size 1", total(reshape(a, [1, 3, 5])), ["Reshape", "ReduceSum", "ReduceSum"]],
    ["a box in a box", slice(slice(a, [1, 0], [3, 4]), [0, 2], [2, 3]), ["Slice"]],
  ])("has %s in as few as it takes", async (_, y, operators) => {
    expect(operatorsOf({ y }, few)).toEqual(operators);
    await expectSame({ y }, few, values);
  });

  test.each<[string, Outputs]>([
    ["a product that is asked for itself", { twice: multiply(a, s), y: divide(multiply(a, s), s) }],
    ["what is expanded for itself", { y: expand(s, [3, 5]) }],
    ["nothing added that gives another shape", { y: add(constant(new Float32Array(15), [3, 5]), s) }],
    ["concatenated values", { y: concatenate([a, a], 0) }],
  ])("leaves %s", (_, outputs) => {
    expect(operatorsOf(outputs, few)).toEqual(operatorsOf(outputs));
  });

  test("has a gradient in fewer", async () => {
    const loss = multiply(s, scale(1 / 15, total(square(subtract(scale(2, a), absolute(a))))));
    const [gradient] = gradients(loss, [a]);
    const outputs = { loss, gradient };
    expect(operatorsOf(outputs, few).length).toBeLessThan(operatorsOf(outputs).length - 3);
    await expectSame(outputs, few, values);
  });
});

describe("A model for a device that splits sums", () => {
  const split = { splitSums: true };
  const long = input("long", [20, 2 ** 15]);
  const longValues = { long: uniform(long.shape, 7) };

  test("takes long products of rows in parts", async () => {
    const outputs = { products: rowProducts(long), mean: matmul(long, reshape(long, [2 ** 15, 20])) };
    expect(operatorsOf({ products: outputs.products }, split).slice(-2)).toEqual(["MatMul", "ReduceSum"]);
    expect(operatorsOf({ mean: outputs.mean }, split).slice(-2)).toEqual(["MatMul", "ReduceSum"]);
    await expectSame(outputs, split, longValues);
  });

  test.each<[string, Tensor]>([
    ["short products", rowProducts(input("x", [20, 1000]))],
    ["products with results enough", rowProducts(input("x", [384, 40000]))],
    ["products whose length has no divisor", rowProducts(input("x", [20, 32771]))],
  ])("leaves %s", (_, y) => {
    expect(operatorsOf({ y }, split)).toEqual(operatorsOf({ y }));
  });

  test("takes sums in two steps, the last axis first", async () => {
    const y = total(input("x", [1, 6, 7, 9]));
    expect(operatorsOf({ y }, split)).toEqual(["ReduceSum", "ReduceSum", "Reshape"]);
    await expectSame({ y, rows: sum(input("x", [1, 6, 7, 9]), [3]) }, split, { x: uniform([1, 6, 7, 9], 8) });
  });
});
