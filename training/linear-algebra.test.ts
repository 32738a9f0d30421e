import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../test/evaluate.ts";
import { chooseChannels, leastSquares, rotationTowards, squareRootOf } from "./linear-algebra.ts";

const next = randomNumbers(11);
const random = (rows: number, columns: number): Matrix =>
  new Matrix(Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * next() - 1)));
const distance = (a: Matrix, b: Matrix): number => Matrix.sub(a, b).norm();

describe("the linear algebra of teaching", () => {
  it("chooses the channels of which all others are made", () => {
    // Channels 1 and 3 are independent; 0 = 2·c1 − c3 and 2 = c1 + c3 follow from them.
    const independent = random(2, 400);
    const mix = new Matrix([
      [2, -1],
      [1, 0],
      [1, 1],
      [0, 1],
    ]);
    const channels = mix.mmul(independent);
    const products = channels.mmul(channels.transpose()).div(400);
    const chosen = chooseChannels(products, 2);
    const own = channels.subMatrixRow([...chosen]);
    const map = leastSquares(channels.mmul(own.transpose()), own.mmul(own.transpose()));
    expect(distance(map.mmul(own), channels)).toBeLessThan(1e-3 * channels.norm());
  });

  it("fits the map that the values were made with", () => {
    const [map, inputs] = [random(5, 3), random(3, 50)];
    const outputs = map.mmul(inputs);
    const found = leastSquares(outputs.mmul(inputs.transpose()), inputs.mmul(inputs.transpose()));
    expect(distance(found, map)).toBeLessThan(1e-4);
  });

  it("takes a square root that keeps inner products", () => {
    const map = random(7, 3);
    const root = squareRootOf(map);
    expect([root.rows, root.columns]).toEqual([3, 3]);
    expect(distance(root.transpose().mmul(root), map.transpose().mmul(map))).toBeLessThan(1e-10);
  });

  it("finds the rotation between a map and its root", () => {
    const [map, inputs] = [random(7, 3), random(3, 50)];
    const root = squareRootOf(map);
    const cross = map.mmul(inputs).mmul(inputs.transpose());
    const rotation = rotationTowards(cross.mmul(root.transpose()));
    expect(distance(rotation.transpose().mmul(rotation), Matrix.eye(3))).toBeLessThan(1e-10);
    expect(distance(rotation.mmul(root), map)).toBeLessThan(1e-10);
  });
});
