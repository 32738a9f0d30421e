/**
 * How far a picture is, as its job keeps it on the queue: for people who look at it, and to tell a job that kills its workers
 * from one whose workers were lost for other reasons, which comes further each time.
 * @module
 */
import * as z from "zod";
import type { Iterate } from "../transfer/iterate.ts";

/** How often workers of one job may be lost without its coming further. */
export const MOST_LOST = 4;

const count = z.int().min(0);

const schema = z.object({
  evaluation: count,
  evaluations: count,
  scale: count,
  scales: count,
  secondsLeft: z.number().optional(),
  /** The furthest that it ever came: the size's number, and the evaluation at it. */
  furthest: z.tuple([count, count]),
  /** How many of its workers had been lost by then. */
  lost: count,
});

/** What is kept. */
export type KeptProgress = Readonly<z.output<typeof schema>>;

/** What a job has kept; undefined where it was never begun. */
export const keptProgress = (kept: unknown): KeptProgress | undefined => schema.safeParse(kept).data;

/** Whether a job has lost too many workers since it came further. @param lost all that it ever lost. */
export const losesWorkers = (kept: unknown, lost: number): boolean =>
  lost - (keptProgress(kept)?.lost ?? 0) > MOST_LOST;

/** What is to be kept so that a job may lose as many again. */
export const forgiven = (kept: unknown, lost: number): KeptProgress => {
  const before = keptProgress(kept) ?? {
    evaluation: 0,
    evaluations: 0,
    scale: 0,
    scales: 0,
    furthest: [0, 0] satisfies [number, number],
  };
  return { ...before, lost };
};

/**
 * Follows an attempt.
 * @param kept what the attempts before have kept.
 * @param lost how many workers were lost before this one.
 */
export function followProgress(kept: unknown, lost: number): (iterate: Iterate) => KeptProgress {
  const before = keptProgress(kept);
  let furthest: [number, number] = before?.furthest ?? [0, 0];
  let lostThen = before?.lost ?? 0;
  return ({ evaluation, evaluations, scale, scales, secondsLeft }) => {
    if (scale > furthest[0] || (scale === furthest[0] && evaluation > furthest[1])) {
      furthest = [scale, evaluation];
      lostThen = lost;
    }
    const left = secondsLeft === undefined ? {} : { secondsLeft };
    return { evaluation, evaluations, scale, scales, ...left, furthest, lost: lostThen };
  };
}
