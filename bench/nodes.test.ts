import { expect, test } from "vitest";
import { writeOnnx } from "../src/graph/onnx.ts";
import { add } from "../src/graph/operations/add.ts";
import { identity } from "../src/graph/operations/identity.ts";
import { matmul } from "../src/graph/operations/matmul.ts";
import { transpose } from "../src/graph/operations/transpose.ts";
import { input } from "../src/graph/tensor.ts";
import { onCpu } from "../test/evaluate.ts";
import { nodeRows, nodesByOperator } from "./nodes.ts";

test("Nodes are counted by operator, the most frequent first, without those of constants alone", () => {
  const x = input("x", [3, 3]);
  const y = add(add(x, transpose(identity(3))), matmul(x, x));
  expect([...nodesByOperator(writeOnnx({ y }, onCpu()).bytes)]).toEqual([
    ["Add", 2],
    ["MatMul", 1],
    ["Identity", 1],
  ]);
});

test("A card has fewer nodes than the CPU, and no kind that WebGPU lacks", async () => {
  const rows = await nodeRows(["impasto"], ["built-in"]);
  const [cpu, webgpu, cuda] = rows.map((row) => Number(row.split(" | ")[3]));
  expect(webgpu).toBeLessThan(0.95 * cpu);
  expect(cuda).toBeLessThan(0.95 * cpu);
  expect(rows[1]).not.toMatch(/EyeLike|ConstantOfShape|ReduceSumSquare| Sum\b/);
});
