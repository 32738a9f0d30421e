/**
 * What is to count, as a page asked for it and as its run is told.
 * @module
 */
import { steerJob } from "../job/steer-job.ts";
import { parseSteering, type Steering } from "../transfer/options.ts";
import type { RunRecord } from "./run-record.ts";

/** What was asked for, and all that counts by that. */
export type Steered = Pick<RunRecord, "steering" | "counts">;

/**
 * What counts once a run is steered so, on top of how it was steered before.
 * @throws MisuseError where that makes no sense.
 */
export function steeredOn(job: RunRecord["job"], before: Steered, wish: unknown): Steered {
  const counts = steerJob(job, before.counts, wish);
  return { steering: asked(before.steering ?? {}, parseSteering(wish), counts), counts };
}

/** The words that were said last: a strength stands for two weights, and gives way to either. */
function asked(before: Steering, wish: Steering, counts: Steering): Steering {
  const { strength, contentWeight: _, styleWeight: __, ...others } = before;
  if (wish.strength !== undefined) return { ...others, ...wish };
  const isByWeights = wish.contentWeight !== undefined || wish.styleWeight !== undefined;
  if (strength === undefined || !isByWeights) return { ...before, ...wish };
  const { contentWeight, styleWeight } = counts;
  return { ...others, contentWeight, styleWeight, ...wish };
}
