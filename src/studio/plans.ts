/**
 * What jobs would take, asked once of jobs that take the same: an engine at work answers only between two evaluations.
 * @module
 */
import type { JobPlan, JobSizes } from "../job/job-plan.ts";
import type { Job } from "../job/recipe.ts";
import type { JobRunner } from "../job/runner.ts";

/** How many answers are kept. */
const MOST = 100;

/** Plans jobs, as they are run here: steered, and saved on the way. */
export class Plans {
  readonly #known = new Map<string, Promise<JobPlan>>();

  /** @throws MemoryError where there is too little memory. */
  plan(job: Job, sizes: JobSizes, runner: JobRunner): Promise<JobPlan> {
    const key = keyOf(job, sizes, runner);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const asked = runner.plan(job, sizes, { steered: true, saved: true });
    this.#known.set(key, asked);
    asked.catch(() => this.#known.delete(key));
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
    return asked;
  }
}

/** All of a job that its plan depends on: what each term counts may change on the way, and so does not matter. */
function keyOf(
  { options, network, styles, keep, size }: Job,
  sizes: JobSizes,
  { engine }: JobRunner,
): string {
  const { contentWeight: _, styleWeight: __, smoothnessWeight: ___, seed: ____, ...others } = options;
  const regions = styles.map(({ mask, crop }) => ({ mask, crop }));
  return JSON.stringify([others, network.checksum, engine.memory, regions, keep === undefined, size, sizes]);
}
