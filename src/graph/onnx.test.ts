import onnxProto from "onnx-proto";
import { describe, expect, test } from "vitest";
import { evaluate, onCpu } from "../../test/evaluate.ts";
import { ImpastoError } from "../errors.ts";
import { type MadeConstants, writeOnnx } from "./onnx.ts";
import { add } from "./operations/add.ts";
import { multiply, scale } from "./operations/multiply.ts";
import { reshape } from "./operations/reshape.ts";
import { sum } from "./operations/sum.ts";
import { atLeast, positive } from "./operations/threshold.ts";
import type { Shape } from "./shape.ts";
import { constant, input, scalar, type Tensor } from "./tensor.ts";

const { onnx } = onnxProto;
const graphOf = (outputs: Record<string, Tensor>) => {
  const { bytes } = writeOnnx(outputs, onCpu());
  const { node = [], initializer = [] } = onnx.ModelProto.decode(bytes).graph ?? {};
  return { node: node ?? [], initializer: initializer ?? [] };
};
const operators = (outputs: Record<string, Tensor>): string[] =>
  graphOf(outputs).node.map(({ opType }) => opType ?? "");

describe("A model", () => {
  const x = input("x", [2, 3]);

  test("holds equal nodes once, however often they were built", () => {
    const product = () => multiply(add(x, x), x);
    expect(operators({ first: product(), second: add(product(), product()) })).toEqual([
      "Add",
      "Mul",
      "Add",
      "Identity",
      "Identity",
    ]);
  });

  test("holds nodes apart that differ in an attribute or in the order of their inputs", () => {
    expect(operators({ a: sum(x, [0]), b: sum(x, [1]) }).filter((name) => name === "ReduceSum")).toHaveLength(
      2,
    );
    const y = input("y", [2, 3]);
    expect(operators({ a: atLeast(x, y), b: atLeast(y, x) }).filter((name) => name === "Sub")).toHaveLength(
      2,
    );
  });

  test("holds equal numbers, arrays of one number and the same array once, and other arrays apart", () => {
    const values = Float32Array.of(1, 2, 3);
    const parts = [constant(values, [3]), constant(values, [3]), constant(values.slice(), [3])];
    const y = add(scale(2, x), scale(2, x), ...parts);
    expect(graphOf({ y }).initializer).toHaveLength(3);
    const filled = () => constant(new Float32Array(3).fill(7), [3]);
    expect(graphOf({ y: add(filled(), filled()) }).initializer).toHaveLength(1);
  });

  test("holds a value in two shapes apart", async () => {
    const values = Float32Array.of(1, 2);
    const y = add(constant(values, [2, 1]), constant(values, [2]));
    expect([...(await evaluate({ y })).y]).toEqual([2, 3, 3, 4]);
  });

  test("writes FLOAT attributes as FLOAT when their value is a whole number", () => {
    const attributes = graphOf({ y: positive(x), z: atLeast(x, scalar(0)) })
      .node.filter(({ opType }) => opType === "HardSigmoid")
      .flatMap(({ attribute }) => attribute ?? []);
    expect(attributes.map(({ name, f }) => [name, f])).toEqual([
      ["alpha", Math.fround(1e38)],
      ["beta", 0],
      ["alpha", Math.fround(-1e38)],
      ["beta", 1],
    ]);
    for (const { type } of attributes) expect(type).toBe(onnx.AttributeProto.AttributeType.FLOAT);
  });

  test("lists the inputs that its outputs depend on, with their shapes", () => {
    const { inputs } = writeOnnx({ sum: add(x, input("y", [3])) }, onCpu());
    expect([...inputs]).toEqual([
      ["x", [2, 3]],
      ["y", [3]],
    ]);
  });

  test("may give an input, a constant and one value under several names", async () => {
    const doubled = scale(2, x);
    const results = await evaluate(
      { same: x, two: scalar(2), a: doubled, b: doubled, c: reshape(doubled, [6]) },
      { x: Float32Array.of(1, 2, 3, 4, 5, 6) },
    );
    expect([...results.same]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...results.two]).toEqual([2]);
    for (const name of ["a", "b", "c"]) expect([...results[name]]).toEqual([2, 4, 6, 8, 10, 12]);
  });

  test("keeps the names of its own values apart from those of inputs and outputs", async () => {
    const [value0, constant0] = [input("value0", [2]), input("constant0", [2])];
    const results = await evaluate(
      { value1: scale(3, add(value0, constant0)), shared0: scale(3, value0) },
      { value0: Float32Array.of(1, 2), constant0: Float32Array.of(10, 20) },
    );
    expect([...results.value1]).toEqual([33, 66]);
    expect([...results.shared0]).toEqual([3, 6]);
  });

  test.each([
    ["an output with an input's name", { x: scale(2, x) }, 'got "x" for both'],
    ["an input that its own values might have", { y: scale(2, input("%value0", [])) }, 'got "%value0"'],
    ["an output that its own values might have", { "%value0": scale(2, x) }, 'got "%value0"'],
  ] as const)("refuses %s", (_, outputs, message) => {
    const write = () => writeOnnx(outputs, onCpu());
    expect(write).toThrow(ImpastoError);
    expect(write).toThrow(message);
  });

  test("is refused, not written, when it would be larger than two gigabytes", () => {
    const buffer = new Float32Array(2 ** 24);
    buffer[1] = 1;
    // Views of one buffer, so that the test itself stays small; each is a constant of its own to the model.
    const parts = Array.from({ length: 33 }, () => constant(buffer.subarray(), [2 ** 24]));
    const write = () => writeOnnx(Object.fromEntries(parts.map((part, i) => [`y${i}`, part])), onCpu());
    expect(write).toThrow(ImpastoError);
    expect(write).toThrow(/expected at most 2147483647 bytes, got 22\d{8}/);
  });

  test("shares what is made of one array in one shape, and makes it anew in another", () => {
    const source = Float32Array.of(1, 2, 3, 4);
    const made: MadeConstants = new WeakMap();
    const reversed = (shape: Shape): Tensor => ({
      ...constant(source, shape),
      write: (emit) => emit.shared(source, shape, (values) => values.toReversed()),
    });
    const values = (shape: Shape) =>
      [...writeOnnx({ y: reversed(shape) }, onCpu(made)).shared.values()].map((one) => one.values);
    const [flat] = values([4]);
    expect(values([4])[0]).toBe(flat);
    expect(values([2, 2])[0]).not.toBe(flat);
    expect(values([4])[0]).toBe(flat);
  });
});
