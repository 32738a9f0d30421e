import { describe, expect, test } from "vitest";
import { evaluate, relativeError, uniform } from "../../../test/evaluate.ts";
import { capabilitiesOf } from "../../runtime/capabilities.ts";
import { openRuntime } from "../../runtime/onnxruntime.node.ts";
import { gradients } from "../gradients.ts";
import { input, type Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { fidelity } from "./fidelity.ts";
import { identity } from "./identity.ts";
import { matrixInverseSquareRoot, matrixSquareRoot } from "./matrix-square-root.ts";
import { scale } from "./multiply.ts";
import { rowProducts } from "./row-products.ts";

/** The fidelity of two covariances of so many rows, and its slope. */
function fidelityOf(rows: number): Readonly<Record<string, Tensor>> {
  const [a, b] = ["a", "b"].map((name) =>
    add(scale(1 / rows, rowProducts(input(name, [rows, rows]))), scale(0.01, identity(rows))),
  );
  const value = fidelity(matrixSquareRoot(a), matrixInverseSquareRoot(a), b);
  const [slope] = gradients(value, [b]);
  return { value, slope };
}

describe("Matrix functions by fewer products", () => {
  // From 192 rows on; an odd number has halves of two sizes.
  test.each([192, 257])("are those by fewer nodes, of %i rows", async (rows) => {
    const values = { a: uniform([rows, rows], 1), b: uniform([rows, rows], 2) };
    const capabilities = { ...capabilitiesOf("cpu", process.arch === "x64"), fewProducts: false };
    const plain = await openRuntime({ device: "cpu", threads: 1, capabilities });
    const program = await plain.compile(fidelityOf(rows));
    const [blocks, whole] = [await evaluate(fidelityOf(rows), values), await program.run(values)];
    await program.release();
    expect(relativeError(blocks.value, whole.value)).toBeLessThan(1e-5);
    expect(relativeError(blocks.slope, whole.slope)).toBeLessThan(1e-4);
  });
});
