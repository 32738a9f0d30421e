import { expect, test } from "vitest";
import { followProgress, forgiven, losesWorkers, MOST_LOST } from "./progress.ts";

const iterate = (scale: number, evaluation: number) => ({
  scale,
  scales: 2,
  size: { width: 8, height: 8 },
  evaluation,
  evaluations: 20,
  loss: { total: 1, terms: {} },
  secondsElapsed: 1,
  secondsLeft: undefined,
  picture: () => Promise.reject(new Error("No picture.")),
  state: () => Promise.reject(new Error("No state.")),
});

test("a job that comes further each time may lose as many workers as it takes", () => {
  let kept: unknown = 0;
  for (let lost = 0; lost < 20; lost++) {
    expect(losesWorkers(kept, lost)).toBe(false);
    kept = followProgress(kept, lost)(iterate(1, 1 + lost));
  }
});

test("a job that ends its workers at the same place again and again does so no more than a few times", () => {
  let kept: unknown = 0;
  let begun = 0;
  for (let lost = 0; !losesWorkers(kept, lost) && lost < 50; lost++) {
    begun += 1;
    const follow = followProgress(kept, lost);
    // Each begins from a checkpoint, a little before where the last one ended.
    for (const evaluation of [7, 8, 9]) kept = follow(iterate(2, evaluation));
  }
  expect(begun).toBe(MOST_LOST + 1);
  expect(losesWorkers(forgiven(kept, begun), begun)).toBe(false);
  expect(losesWorkers(forgiven(0, 3), 3 + MOST_LOST)).toBe(false);
});

test("what a queue keeps of another program is no progress", () => {
  expect(losesWorkers({ lost: "many" }, MOST_LOST)).toBe(false);
  expect(losesWorkers(55, MOST_LOST + 1)).toBe(true);
});
