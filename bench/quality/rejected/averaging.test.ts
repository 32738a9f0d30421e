import { expect, test } from "vitest";
import type { Iterate, Stylization } from "../../../src/transfer/iterate.ts";
import { averaged } from "./averaging.ts";

const SIZE = { width: 1, height: 1 };
const picture = (value: number) => ({ ...SIZE, rgb: Float32Array.of(value, value, value) });

/** A transfer of two sizes, whose third step at the last one is a rejected trial. */
async function* steps(): AsyncGenerator<Iterate, Stylization> {
  const values = [0.9, 0.1, 0.2, 0.2, 0.4];
  const losses = values.map((total) => ({ total, content: 0, style: 0, smoothness: 0, terms: {} }));
  for (const [index, value] of values.entries()) {
    yield {
      scale: index === 0 ? 1 : 2,
      scales: 2,
      size: SIZE,
      evaluation: 1,
      evaluations: 1,
      loss: index === 3 ? losses[2] : losses[index],
      secondsElapsed: 0,
      secondsLeft: 0,
      picture: () => picture(value),
    };
  }
  return {
    picture: { ...picture(0.4), alpha: Float32Array.of(0.5) },
    loss: losses[4],
    evaluations: 5,
    seconds: 0,
    secondsPerEvaluation: 0,
    optimizer: { kind: "adam", learningRate: 1, beta1: 0, beta2: 0 },
    stopped: false,
  };
}

test("Averaging takes the last accepted pictures of the last size, and no trial twice", async () => {
  const shown: number[] = [];
  const transfer = averaged(steps(), 2);
  let step = await transfer.next();
  for (; !step.done; step = await transfer.next()) shown.push(step.value.picture().rgb[0]);
  const expected = [0.9, 0.1, 0.15, 0.15, 0.3];
  for (const [index, value] of expected.entries()) expect(shown[index]).toBeCloseTo(value, 6);
  expect(step.value.picture.rgb[2]).toBeCloseTo(0.3, 6);
  expect(step.value.picture.alpha).toEqual(Float32Array.of(0.5));
});
