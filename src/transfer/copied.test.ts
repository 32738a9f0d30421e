import { expect, test } from "vitest";
import { copied } from "./copied.ts";

test("A copy is what its original was, and stays so", () => {
  const original = {
    kind: "adam",
    arrays: [Float32Array.of(1, -0, Number.NaN), Float64Array.of(Number.POSITIVE_INFINITY)],
    nested: { begun: true, none: undefined, nothing: null, order: [1, 2] },
    part: new Float32Array(10).subarray(2, 4),
  };
  const before = structuredClone(original);
  const copy = copied(original);
  expect(copy).toEqual(before);
  expect(copy.part.buffer.byteLength).toBe(8);
  original.arrays[0]?.fill(7);
  original.nested.order.push(3);
  original.part.fill(7);
  expect(copy).toEqual(before);
});
