/**
 * What a job would take, before any of its pictures is read: whoever asks for too much is to hear it at once, and not after
 * the work has begun.
 * @module
 */
import { cropSize } from "../image/crop.ts";
import { checkHoldable } from "../image/size.ts";
import { required } from "../required.ts";
import { type Engine, memoryOf } from "../transfer/engine.ts";
import { layersOf } from "../transfer/look.ts";
import type { HeldPicture } from "../transfer/plan.ts";
import { costsOf, finalSize, memoryOfRun, type PlannedScale, planRun } from "../transfer/schedule.ts";
import { termsOf } from "../transfer/terms/table.ts";
import { type Pixels, pixelsToSee } from "../transfer/time-left.ts";
import { settingsOf } from "./job.ts";
import type { Job } from "./recipe.ts";

/** The pictures of a job as they will be read. */
export interface JobSizes {
  readonly content: HeldPicture;
  readonly styles: readonly HeldPicture[];
  readonly initial?: HeldPicture | undefined;
}

/** What decides how much memory a run takes beside its job. */
export interface PlanControls {
  /** Whether what counts may be changed on the way. @default false */
  readonly steered?: boolean | undefined;
  /** Whether copies of its state are made on the way. @default false */
  readonly saved?: boolean | undefined;
}

/** What a job takes. */
export interface JobPlan {
  readonly plan: readonly PlannedScale[];
  /** The bytes that the process takes where it takes most. */
  readonly memory: number;
  /** What each size costs in time. */
  readonly pixels: readonly Pixels[];
}

/**
 * Plans a job, as a run of it will be planned.
 * @throws MemoryError where there is too little memory.
 */
export function planJob(
  job: Job,
  { content, styles, initial }: JobSizes,
  engine: Pick<Engine, "network" | "runtime" | "memory">,
  { steered = false, saved = false }: PlanControls = {},
): JobPlan {
  const { network, runtime, memory: most = Number.POSITIVE_INFINITY } = engine;
  const settings = settingsOf(job);
  const all = job.styles.map((style, index) => ({ ...style, picture: required(styles[index], "style") }));
  const looked = all.filter(({ weight }) => weight > 0 || steered);
  const masked = [...new Set(looked.map(({ mask }) => mask))].map(
    (mask) => mask !== undefined || job.keep !== undefined,
  );
  const terms = termsOf(settings, masked).filter(({ counts }) => counts || steered);
  const run = {
    content,
    styles: looked.map(({ picture, crop }) => ({
      picture: crop === undefined ? picture : { ...picture, ...cropSize(picture, crop) },
    })),
    initial,
    planes: 3 * masked.filter(Boolean).length + (job.keep === undefined ? 0 : 5),
    work: { network, settings, terms, copied: saved, limits: runtime.limits },
    memory: memoryOf({ runtime, memory: Math.min(most, job.options.memory ?? most) }),
  };
  checkHoldable(job.size);
  const plan = job.plan ?? planRun(job.size, run);
  checkHoldable(finalSize(plan));
  const costs = costsOf(plan, layersOf(terms));
  return {
    plan,
    memory: memoryOfRun(plan, run),
    pixels: pixelsToSee(costs, settings.styleMeasure, network.standsIn),
  };
}
