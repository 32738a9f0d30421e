import { describe, expect, test } from "vitest";
import { ioOf, type JobSubject, jobOn } from "../../test/jobs.ts";
import { colours, narrowEngine } from "../../test/narrow-engine.ts";
import { checksumOfBytes } from "../image/file.node.ts";
import { required } from "../required.ts";
import { leastRegion } from "../transfer/blocks.ts";
import type { LossReport } from "../transfer/objective.ts";
import type { OptionsInput } from "../transfer/options.ts";
import { runJob } from "./job.ts";
import type { Job } from "./recipe.ts";
import { loadRun, type SavedRun, saveRun } from "./saved-run.ts";

const subject = (width: number, height: number): JobSubject => ({
  pictures: { photo: colours(width, height, 1), painting: colours(40, 30, 2) },
  content: "photo",
  styles: { painting: 1 },
});
const small = subject(32, 24);

/** A run, or the rest of one. */
interface Followed {
  /** After each evaluation. */
  readonly losses: readonly LossReport[];
  readonly saved: readonly Uint8Array[];
  /** Checksums of what was saved, for they are compared sooner than the bytes. */
  readonly checksums: readonly string[];
  readonly result: { readonly picture: string; readonly loss: LossReport; readonly evaluations: number };
}

/** Runs a job, or goes on with it, on an engine that nothing was run on before; to its end, or that of an evaluation. */
async function follow(
  { job, state: from }: { readonly job: Job } & Partial<SavedRun>,
  subject: JobSubject,
  last = Number.POSITIVE_INFINITY,
): Promise<Followed> {
  const engine = await narrowEngine();
  const controller = new AbortController();
  const losses: LossReport[] = [];
  const saved: Uint8Array[] = [];
  const controls = { from, signal: controller.signal };
  const { picture, loss, evaluations, stopped } = await runJob(
    job,
    engine,
    ioOf(subject),
    controls,
    async (iterate) => {
      losses.push(iterate.loss);
      // How long it took is all that may differ.
      const state = { ...(await iterate.state()), seconds: 0, secondsHere: 0 };
      saved.push(saveRun({ job, state }));
      if (state.evaluationsBefore + state.evaluation === last) controller.abort();
    },
  );
  expect(stopped).toBe(last < Number.POSITIVE_INFINITY);
  expect(engine.open()).toBe(0);
  const checksum = checksumOfBytes(new Uint8Array(picture.rgb.buffer));
  return {
    losses,
    saved,
    checksums: saved.map(checksumOfBytes),
    result: { picture: checksum, loss, evaluations },
  };
}

/** A job on a subject; in blocks, where it is said how much may be looked at at once. */
async function jobFor(subject: JobSubject, options: OptionsInput, mostPixels?: number): Promise<Job> {
  const job = jobOn(subject, options, await narrowEngine());
  if (mostPixels === undefined) return job;
  const { width, height } = required(subject.pictures[subject.content], subject.content);
  return { ...job, plan: [{ width, height, iterations: job.options.iterations ?? 1, mostPixels }] };
}

/** Goes on from what was saved after each evaluation, and expects the rest of the run, to the last bit. */
async function expectSameFromAnywhere(whole: Followed, subject: JobSubject): Promise<void> {
  for (const [index, bytes] of whole.saved.entries()) {
    const { losses, checksums, result } = await follow(loadRun(bytes), subject);
    expect({ losses, checksums, result }, `from evaluation ${index + 1}`).toEqual({
      losses: whole.losses.slice(index + 1),
      checksums: whole.checksums.slice(index + 1),
      result: whole.result,
    });
  }
}

/** What the line search of each evaluation has come to, where there is one. */
const searchesOf = ({ saved }: Followed) =>
  saved.flatMap((bytes) => {
    const { optimizer } = loadRun(bytes).state;
    return optimizer.kind === "safeguarded-lbfgs" ? [optimizer] : [];
  });

describe("A run that was saved goes on to the same picture", () => {
  test.each([
    ["Adam", { preset: "notebook", size: 32, iterations: 7 }],
    ["L-BFGS in PyTorch's manner", { preset: "neural-style", size: 32, iterations: 9, history: 3 }],
    ["L-BFGS with a line search", { preset: "gatys", size: 32, iterations: 9, history: 3 }],
  ] satisfies [string, OptionsInput][])("with %s", async (_, options) => {
    const whole = await follow({ job: await jobFor(small, options) }, small);
    expect(whole.saved).toHaveLength(options.iterations);
    await expectSameFromAnywhere(whole, small);
  });

  test("from within line searches whose first trials failed", async () => {
    const options = { preset: "impasto", size: 32, iterations: 9, init: "noise", styleWeight: 100 } as const;
    const whole = await follow({ job: await jobFor(small, options) }, small);
    expect(Math.max(...searchesOf(whole).map(({ trials }) => trials))).toBeGreaterThan(0);
    await expectSameFromAnywhere(whole, small);
  });

  test("from a search that found nothing lower, where it had ended", async () => {
    const options = { preset: "gatys", size: 32, iterations: 5, init: "content", styleWeight: 0 } as const;
    const whole = await follow({ job: await jobFor(small, options) }, small);
    expect(searchesOf(whole).map(({ stalled }) => stalled)).toEqual([true]);
    await expectSameFromAnywhere(whole, small);
  });

  test("at any of several sizes, and between them", async () => {
    const strip = subject(240, 20);
    const job = await jobFor(strip, { preset: "impasto", size: 240, iterations: 2 });
    const whole = await follow({ job }, strip);
    const scales = whole.saved.map((bytes) => loadRun(bytes).state.scale);
    expect(scales).toEqual([0, 0, 1, 1, 2, 2]);
    await expectSameFromAnywhere(whole, strip);
  });

  test.each([
    ["Adam", { preset: "notebook", size: 340, iterations: 3 }],
    ["L-BFGS in PyTorch's manner", { preset: "neural-style", size: 340, iterations: 3, history: 2 }],
    ["L-BFGS with a line search", { preset: "impasto", size: 340, iterations: 3, history: 2 }],
  ] satisfies [string, OptionsInput][])("in blocks with %s", async (_, options) => {
    const large = subject(340, 120);
    const least = leastRegion(["conv5_1"]);
    expect(340 * 120).toBeGreaterThan(least);
    const whole = await follow({ job: await jobFor(large, options, least) }, large);
    await expectSameFromAnywhere(whole, large);
  });

  test("that is the best where it is stopped later, though it was reached before", async () => {
    // Steps so long that the loss goes up and down.
    const options = {
      preset: "gatys",
      size: 32,
      iterations: 20,
      init: "content",
      optimizer: "adam",
      learningRate: 0.5,
    } as const;
    const job = await jobFor(small, options);
    const whole = await follow({ job }, small, 7);
    const totals = whole.losses.map(({ total }) => total);
    const best = totals.indexOf(Math.min(...totals));
    expect(best).toBeLessThan(4);
    const rest = await follow(loadRun(required(whole.saved[4], "run")), small, 7);
    expect(rest.result).toEqual(whole.result);
    expect(rest.result.loss).toEqual(whole.losses[best]);
  });
});
