import fc from "fast-check";
import onnxProto from "onnx-proto";
import { describe, expect, test } from "vitest";
import { graphProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "./onnx-messages.ts";
import type { OnnxAttribute } from "./tensor.ts";

/** Another's reader of the same messages; numbers of 64 bits as decimal text, bytes as arrays of numbers. */
const { onnx } = onnxProto;
const asWritten = { longs: String, bytes: Array };
const nodeIn = (bytes: Uint8Array) => onnx.NodeProto.toObject(onnx.NodeProto.decode(bytes), asWritten);
const tensorIn = (bytes: Uint8Array) => onnx.TensorProto.toObject(onnx.TensorProto.decode(bytes), asWritten);

const wholes = fc.maxSafeInteger();
const texts = fc.string({ unit: "binary", maxLength: 2000 });

const attributes: fc.Arbitrary<OnnxAttribute> = fc.oneof(
  fc.record({ float: fc.oneof(fc.float(), fc.integer()) }),
  fc.record({ integer: wholes }),
  fc.record({ integers: fc.array(wholes) }),
  fc.record({ text: texts }),
);

/** What the other reader gives for an attribute, its type as a number. */
function read(name: string, value: OnnxAttribute): unknown {
  if ("float" in value) return { name, type: 1, f: Math.fround(value.float) };
  if ("integer" in value) return { name, type: 2, i: String(value.integer) };
  if ("text" in value) return { name, type: 3, s: [...new TextEncoder().encode(value.text)] };
  const ints = value.integers.map(String);
  return ints.length === 0 ? { name, type: 7 } : { name, type: 7, ints };
}

describe("The messages of ONNX", () => {
  test("have nodes that another reader reads as they were written, whole numbers of type FLOAT among them", () => {
    fc.assert(
      fc.property(texts, fc.array(texts), fc.array(texts), attributes, (name, inputs, outputs, value) => {
        const node = nodeProto({ operator: "Op", name, inputs, outputs, attributes: { of: value } });
        expect(nodeIn(node.encode())).toEqual({
          ...(inputs.length > 0 && { input: inputs }),
          ...(outputs.length > 0 && { output: outputs }),
          name,
          opType: "Op",
          attribute: [read("of", value)],
        });
      }),
    );
  });

  test("have constants whose values keep their bits, few or many", () => {
    fc.assert(
      fc.property(fc.float32Array({ maxLength: 600 }), (values) => {
        const bytes = tensorProto("weights", [values.length, 1], values).encode();
        const rawData = [...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
        const dims = [String(values.length), "1"];
        expect(tensorIn(bytes)).toEqual({ dims, dataType: 1, name: "weights", rawData });
      }),
    );
    const integers = tensorProto("axes", [2], BigInt64Array.of(-1n, 1n)).encode();
    expect(tensorIn(integers)).toEqual({
      dims: ["2"],
      dataType: 7,
      name: "axes",
      rawData: [255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0],
    });
  });

  test("make a model whose parts are in their places", () => {
    const weights = new Float32Array(5000).map((_, index) => index);
    const graph = graphProto({
      name: "g",
      nodes: [nodeProto({ operator: "Add", inputs: ["x", "w"], outputs: ["y"] })],
      initializers: [tensorProto("w", [5000], weights), tensorProto("b", [], Float32Array.of(1))],
      inputs: [valueInfoProto("x", [300, 1])],
      outputs: [valueInfoProto("y", [])],
    });
    const model = onnx.ModelProto.decode(modelProto("impasto", graph).encode());
    const { graph: read, ...rest } = onnx.ModelProto.toObject(model, asWritten);
    expect(rest).toEqual({
      irVersion: "8",
      producerName: "impasto",
      opsetImport: [{ domain: "", version: "17" }],
    });
    const typed = (name: string, dim: unknown) => ({
      name,
      type: { tensorType: { elemType: 1, shape: dim } },
    });
    expect(read).toMatchObject({
      name: "g",
      node: [{ input: ["x", "w"], output: ["y"], opType: "Add" }],
      initializer: [
        { name: "w", dims: ["5000"], rawData: [...new Uint8Array(weights.buffer)] },
        { name: "b", rawData: [0, 0, 128, 63] },
      ],
      input: [typed("x", { dim: [{ dimValue: "300" }, { dimValue: "1" }] })],
      output: [typed("y", {})],
    });
  });
});
