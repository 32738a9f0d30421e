/**
 * What recipes and checkpoints begin with: two small pictures, jobs on them, and runs of these jobs with the built-in
 * network. All of it is the same wherever it is made.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSoftware } from "../../src/cli/version.ts";
import {
  type InputPicture,
  type Job,
  type JobIo,
  jobOf,
  MisuseError,
  type OptionsInput,
  openEngine,
  recipeOf,
  runJob,
  type SavedRun,
} from "../../src/index.ts";
import { decodeInput } from "../../src/job/inputs.node.ts";
import { required } from "../../src/required.ts";
import { smallPicture } from "../../test/cli-folders.ts";

const NAMES = ["photo.png", "painting.png"] as const;

/** The pictures' bytes by their names. */
const files = () => Promise.all(NAMES.map(async (name) => ({ name, bytes: await smallPicture(name) })));

/** Puts the pictures where commands look for them. */
export async function writePictures(folder: string): Promise<void> {
  for (const { name, bytes } of await files()) writeFileSync(join(folder, name), bytes);
}

/** One of each optimiser, one with two sizes, and one with every kind of region. */
const JOBS: readonly (OptionsInput & { readonly regions?: true })[] = [
  { size: 16, iterations: 4, scales: 1, regions: true },
  { size: 20, iterations: 3, scales: 2 },
  { preset: "notebook", size: 16, iterations: 4 },
  { preset: "neural-style", size: 16, iterations: 4 },
];

/** A job, a state on its way, and the recipe of what came of it. */
export interface Painted {
  readonly job: Job;
  readonly state: SavedRun["state"];
  readonly recipe: object;
  /** The pictures by checksum. */
  readonly inputs: readonly InputPicture[];
}

/** Opens an engine for jobs on the pictures. */
export async function openPictures() {
  const engine = await openEngine({ network: "built-in", device: "cpu", threads: 1, reuse: true });
  const inputs = await Promise.all((await files()).map(({ name, bytes }) => decodeInput(bytes, name)));
  const io: JobIo = {
    async read({ name, checksum }) {
      const found = inputs.find(({ facts }) => facts.checksum === checksum);
      if (found === undefined) throw new MisuseError(`There is no picture ${name}.`);
      return found.picture;
    },
  };
  return { engine, io, inputs };
}

/** Runs the jobs. */
export async function paintAll(): Promise<readonly Painted[]> {
  const { engine, io, inputs } = await openPictures();
  const [photo, painting] = [required(inputs[0], "photo"), required(inputs[1], "painting")];
  const painted: Painted[] = [];
  for (const { regions, ...options } of JOBS) {
    const crop = { left: 0.25, top: 0, width: 0.5, height: 1 };
    const style = { ...painting.facts, weight: 1 };
    const named = regions
      ? {
          content: photo.facts,
          styles: [
            { ...style, mask: 0, crop },
            { ...photo.facts, weight: 0.5 },
          ],
          masks: [photo.facts],
          keep: painting.facts,
        }
      : { content: photo.facts, styles: [style] };
    const job = jobOf(named, options, photo.picture, engine);
    let state: SavedRun["state"] | undefined;
    const result = await runJob(job, engine, io, {}, async (iterate) => {
      if (iterate.evaluation === 2) state = await iterate.state();
    });
    const recipe = recipeOf(job, result, readSoftware());
    painted.push({ job, state: required(state, "state"), recipe, inputs });
  }
  engine.close?.();
  return painted;
}

/** Pixels and evaluations that the harness waits for; what is larger is sound, and takes its time. */
const MOST_PIXELS = 40 * 40;
const MOST_EVALUATIONS = 40;

/** Whether a job is done in a moment. */
export function isSmall({ size, plan, options }: Job): boolean {
  const scales = plan ?? [{ ...size, iterations: options.iterations ?? Number.POSITIVE_INFINITY }];
  const evaluations = scales.reduce((sum, { iterations }) => sum + iterations, 0);
  const pixels = [size, ...scales].map(({ width, height }) => width * height);
  return evaluations <= MOST_EVALUATIONS && Math.max(...pixels) <= MOST_PIXELS;
}
