/**
 * Whether a gradient is the one it should be: it is held against central differences of the forward pass.
 * @module
 */
import { expect } from "vitest";
import { gradients } from "../src/graph/gradients.ts";
import { multiply } from "../src/graph/operations/multiply.ts";
import { total } from "../src/graph/operations/sum.ts";
import { input, type Tensor } from "../src/graph/tensor.ts";
import { dot, norm, uniform, withProgram } from "./evaluate.ts";

/** One input of the function under test, and where it is differentiated. */
export interface Point {
  readonly tensor: Tensor;
  readonly values: Float32Array;
}

/** A step that float32 resolves, and that stays between the values of `farFromKinks`. */
const STEP = 2e-3;
const TOLERANCE = 3e-3;
const DIRECTIONS = 3;

/**
 * Expects the gradient of Σ w · output, w random, to agree with the change of that sum along random directions of
 * each input. The sum is made here in float64, so that the differences carry the rounding of the output alone.
 * @param points the inputs by name; those names are the graph's.
 * @param fixed inputs that the gradient is not checked for.
 */
export async function expectGradientOfDifferences(
  output: Tensor,
  points: Readonly<Record<string, Point>>,
  fixed: Readonly<Record<string, Point>> = {},
): Promise<void> {
  const weights = uniform(output.shape, 99);
  const loss = total(multiply(output, input("incoming", output.shape)));
  const names = Object.keys(points);
  const found = gradients(
    loss,
    names.map((name) => points[name].tensor),
  );
  const inputs = Object.fromEntries(
    Object.entries({ ...fixed, ...points }).map(([name, { values }]) => [name, values]),
  );
  const outputs = { output, ...Object.fromEntries(found.map((one, i) => [`d ${names[i]}`, one])) };
  for (const [i, name] of names.entries()) expect(found[i].shape).toEqual(points[name].tensor.shape);

  await withProgram(outputs, async (program) => {
    const here = await program.run({ ...inputs, incoming: weights });
    const lossAt = async (moved: Readonly<Record<string, Float32Array>>): Promise<number> =>
      dot((await program.run({ ...inputs, ...moved, incoming: weights })).output, weights);
    for (const [index, name] of names.entries()) {
      const gradient = here[`d ${name}`];
      for (let seed = 0; seed < DIRECTIONS; seed++) {
        const direction = uniform(points[name].tensor.shape, 1000 + 10 * index + seed);
        // The steps as float32 made them, not as they were asked for.
        const ahead = inputs[name].map((value, i) => value + STEP * direction[i]);
        const behind = inputs[name].map((value, i) => value - STEP * direction[i]);
        const way = Float64Array.from(ahead, (value, i) => value - behind[i]);
        const change = (await lossAt({ [name]: ahead })) - (await lossAt({ [name]: behind }));
        const typical = (norm(gradient) * norm(way)) / Math.sqrt(way.length);
        const error = Math.abs(change - dot(gradient, way));
        expect(error, `d ${name}, direction ${seed}: ${change} by differences`).toBeLessThanOrEqual(
          TOLERANCE * typical + 1e-9,
        );
      }
    }
  });
}
