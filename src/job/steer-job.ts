/**
 * Steering a job, checked before its run hears of it: a run ends with a steering that makes no sense, and nobody wants to
 * lose one to a slip.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { parseSteering, type Steering } from "../transfer/options.ts";
import { steered, steeringOf } from "../transfer/settings.ts";
import { checkBlend } from "../transfer/styles.ts";
import { termsOf } from "../transfer/terms/table.ts";
import { settingsOf } from "./job.ts";
import type { Job } from "./recipe.ts";

/**
 * All that counts once a run of this job is steered so. Said to the run any number of times it changes nothing more.
 * @param before all that counted until then, where it was steered already.
 * @throws MisuseError where the run would refuse it, or would not follow.
 */
export function steerJob(job: Job, before: Steering | undefined, wish: unknown): Steering {
  const parsed = parseSteering(wish);
  checkBlend(job.styles, parsed.blend);
  const began = settingsOf(job);
  const now = steered(before ? steered(began, before) : began, parsed);
  if (now.contentWeight === 0 && now.styleWeight === 0) {
    throw new MisuseError(
      "contentWeight and styleWeight would both be 0: there would be nothing to make the picture from.",
    );
  }
  const named = new Set(termsOf(began).map(({ name }) => name));
  for (const { name, counts } of termsOf(now)) {
    if (!counts || named.has(name)) continue;
    throw new MisuseError(`${name} counted nothing when the run began, and cannot be made to count now.`);
  }
  return steeringOf(now);
}
