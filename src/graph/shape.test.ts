import { expect, test } from "vitest";
import { ImpastoError } from "../errors.ts";
import { broadcastShape, formatShape, ShapeError, sameShape, sizeOf } from "./shape.ts";

test("A broadcast aligns axes at the end and stretches those of size 1.", () => {
  expect(broadcastShape("add", [4, 1, 3], [2, 1])).toEqual([4, 2, 3]);
  expect(broadcastShape("add", [], [5])).toEqual([5]);
  expect(broadcastShape("add", [1], [])).toEqual([1]);
});

test("Sizes that differ and are not 1 are refused with both shapes.", () => {
  expect(() => broadcastShape("add", [2, 3], [2, 4])).toThrow(
    "add: expected sizes that are equal or 1, got [2, 3] and [2, 4]",
  );
});

test("A shape error carries its operation and its shapes.", () => {
  const error = new ShapeError("matmul", "two matrices", [[2], [3, 4]]);
  expect(error).toBeInstanceOf(ImpastoError);
  expect(error).toMatchObject({ name: "ShapeError", operation: "matmul", shapes: [[2], [3, 4]] });
});

test("A single number has the shape [] and the size 1.", () => {
  expect(sizeOf([])).toBe(1);
  expect(sizeOf([2, 3, 5])).toBe(30);
  expect(formatShape([1, 3, 384, 512])).toBe("[1, 3, 384, 512]");
});

test("Shapes are the same when their sizes are, axis by axis.", () => {
  expect(sameShape([2, 3], [2, 3])).toBe(true);
  expect(sameShape([2, 3], [3, 2])).toBe(false);
  expect(sameShape([2], [2, 1])).toBe(false);
});
