import { describe, expect, test } from "vitest";
import { ioOf, jobOn } from "../../test/jobs.ts";
import { colours, narrowEngine } from "../../test/narrow-engine.ts";
import { required } from "../required.ts";
import { MemoryError } from "../transfer/memory-error.ts";
import type { OptionsInput } from "../transfer/options.ts";
import type { RunState } from "../transfer/run-state.ts";
import { reachedInState, runJob } from "./job.ts";
import { planJob } from "./job-plan.ts";
import { errorFrom, plainError } from "./messages.ts";
import type { Job } from "./recipe.ts";
import { loadRun, saveRun } from "./saved-run.ts";
import { steerJob } from "./steer-job.ts";

const alpha = (width: number, height: number): Float32Array =>
  Float32Array.from({ length: width * height }, (_, i) => (i % 7) / 7);

const pictures = {
  photo: { ...colours(340, 120, 1), alpha: alpha(340, 120) },
  painting: colours(60, 50, 2),
  mask: colours(30, 30, 3),
};
const subject = { pictures, content: "photo", styles: { painting: 1 } };
const engine = await narrowEngine();

/** A job with a mask and something that is kept. */
function guided(options: OptionsInput): Job {
  const job = jobOn(subject, options, engine);
  const mask = { name: "mask", checksum: "checksum of mask" };
  return { ...job, styles: job.styles.map((style) => ({ ...style, mask: 0 })), masks: [mask], keep: mask };
}

const SIZES = { content: pictures.photo, styles: [pictures.painting] };

describe("What a job would take", () => {
  test.each([
    ["where it is looked at whole", 4e9],
    ["in blocks", 188e6],
  ])("is what its run then takes, %s", async (_, memory) => {
    const job = guided({ preset: "impasto", size: 340, iterations: 1, scales: 1 });
    const bounded = { ...engine, memory };
    const { plan, memory: needed } = planJob(job, SIZES, bounded, { steered: true, saved: true });
    const controls = { steer: () => undefined, saved: true };
    const result = await runJob(job, bounded, ioOf(subject), controls);
    expect(result.plan).toEqual(plan);
    expect(plan[0]?.mostPixels !== undefined).toBe(memory < 1e9);
    expect(needed).toBeLessThanOrEqual(memory);
  });

  test("is refused where there is too little memory, with what there is enough for, across threads as well", () => {
    const job = guided({ size: 4096, iterations: 1 });
    const refused = (): unknown => planJob(job, SIZES, { ...engine, memory: 400e6 });
    expect(refused).toThrow(MemoryError);
    try {
      refused();
    } catch (error) {
      const passed = errorFrom(structuredClone(plainError(error)));
      expect(passed).toBeInstanceOf(MemoryError);
      expect(passed).toMatchObject({ ...(error instanceof MemoryError && error) });
      expect(passed.message).toMatch(/take a size of \d+ at most/);
    }
  });
});

describe("What a run had come to", () => {
  test("is in its state, as the picture that it would have been stopped with", async () => {
    for (const color of ["style", "keep"] as const) {
      const job = guided({ preset: "impasto", size: 64, iterations: 5, scales: 1, color });
      const controller = new AbortController();
      const states: RunState[] = [];
      const controls = { signal: controller.signal, steer: () => ({ strength: 0.7 }) };
      const stopped = await runJob(job, engine, ioOf(subject), controls, async (iterate) => {
        if (iterate.evaluation !== 3) return;
        states.push(await iterate.state());
        controller.abort();
      });
      const { state } = loadRun(saveRun({ job, state: required(states[0], "state") }));
      const { picture, loss, evaluations, steered, plan } = await reachedInState(job, state, ioOf(subject));
      expect(picture).toEqual(stopped.picture);
      expect({ loss, evaluations, steered, plan }).toEqual({
        loss: stopped.loss,
        evaluations: 3,
        steered: true,
        plan: stopped.plan,
      });
    }
  });
});

describe("A job that is steered", () => {
  const job = jobOn(subject, { preset: "impasto", size: 64, iterations: 3 }, engine);

  test("counts what was said, on top of what was said before", () => {
    const once = steerJob(job, undefined, { strength: 1 });
    const twice = steerJob(job, once, { styleWeight: 7 });
    expect(twice).toEqual({ ...once, styleWeight: 7 });
    expect(steerJob(job, twice, {})).toEqual(twice);
  });
});
