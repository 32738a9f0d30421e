/**
 * Makes one picture of a queue: from where another worker left it, into the storage, once. It knows nothing of queues; what
 * becomes of a job that fails is the worker's to say.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";
import { encodePicture } from "../image/encode.node.ts";
import { formatOfPath } from "../image/format.ts";
import type { Picture } from "../image/picture.ts";
import { decodeInput, memoryToRead } from "../job/inputs.node.ts";
import type { JobIo } from "../job/job.ts";
import { type Job, jobFrom, recipeOf, writeRecipe } from "../job/recipe.ts";
import { EngineEndedError } from "../job/remote-runner.ts";
import type { EngineDescription, JobRunner } from "../job/runner.ts";
import { required } from "../required.ts";
import type { Iterate } from "../transfer/iterate.ts";
import type { RunState } from "../transfer/run-state.ts";
import { resolveSettings } from "../transfer/settings.ts";
import { UnfinishedError } from "../transfer/unfinished.ts";
import { checkpointName } from "./names.ts";
import { idOf, type QueuedJob } from "./payload.ts";
import { readSaved, saverOf } from "./saver.ts";
import type { Storage } from "./storage.ts";

/** What it takes to make pictures. */
export interface Studio {
  readonly storage: Storage;
  /**
   * Opens what a job can be run with, or has it open already.
   * @throws where this machine has not what the job needs, which is no fault of the job's.
   */
  readonly runnerFor: (job: Job) => Promise<JobRunner>;
  /** What recipes say of this program. */
  readonly software: string;
  /** Bytes that a picture may take. */
  readonly memory: number;
  /** Seconds between two checkpoints. */
  readonly checkpointEvery: number;
}

/** Around one picture. */
export interface Attempt {
  /** Saves the picture as it is, and leaves it to others. */
  readonly stop: AbortSignal;
  readonly onIterate: (iterate: Iterate) => void;
  readonly tell: (text: string) => void;
}

/** What came of it. */
export type Outcome =
  /** It is in its place now. */
  | {
      readonly state: "made";
      readonly evaluations: number;
      readonly seconds: number;
      readonly resumed: boolean;
    }
  /** It was in its place already. */
  | { readonly state: "finished" }
  /** It was stopped, and what was made of it is saved. */
  | { readonly state: "left" };

/** Makes it. */
export async function makeQueued(queued: QueuedJob, studio: Studio, attempt: Attempt): Promise<Outcome> {
  const { storage, software } = studio;
  const { id, output } = queued;
  await storage.check();
  const checkpoint = checkpointName(id);
  const occupant = await storage.lookAt(output);
  if (occupant?.id === id) {
    await storage.remove(checkpoint);
    return { state: "finished" };
  }
  if (occupant?.isResult === false) {
    throw new MisuseError(
      `"${output}" is there already and is no result of impasto's: move it away, or give another template.`,
    );
  }
  const saved = await readSaved(storage, checkpoint, software, attempt.tell);
  const outcome =
    saved !== undefined && idOf(saved.job, output) === id
      ? await goOn(queued, saved, studio, attempt)
      : await run(queued, { job: queued.job }, studio, attempt);
  if (outcome.state !== "left") await storage.remove(checkpoint);
  return outcome;
}

/** Where a run begins. */
interface Beginning {
  readonly job: Job;
  readonly state?: RunState;
}

/** Goes on with a run; where that cannot be done here, begins it anew. */
async function goOn(queued: QueuedJob, saved: Beginning, studio: Studio, attempt: Attempt): Promise<Outcome> {
  let begun = false;
  try {
    return await run(queued, saved, studio, {
      ...attempt,
      onIterate(iterate) {
        begun = true;
        attempt.onIterate(iterate);
      },
    });
  } catch (error) {
    const cannot = error instanceof ImpastoError && !(error instanceof EngineEndedError);
    if (begun || !cannot || error instanceof UnfinishedError || attempt.stop.aborted) throw error;
    attempt.tell(`${error.message} It is begun anew.`);
    return run(queued, { job: queued.job }, studio, attempt);
  }
}

async function run(
  queued: QueuedJob,
  { job: asked, state: from }: Beginning,
  { storage, runnerFor, software, memory, checkpointEvery }: Studio,
  { stop, onIterate, tell }: Attempt,
): Promise<Outcome> {
  const { id, output, files } = queued;
  const began = performance.now();
  const runner = await runnerFor(asked);
  const job = settled(asked, runner.engine);
  const saver = saverOf({
    storage,
    name: checkpointName(id),
    job,
    software,
    every: checkpointEvery,
    stop,
    tell,
  });
  const io = readStored(storage, files, job, memory);
  const controls = { signal: saver.signal, from, saved: true };
  const result = await runner
    .run(job, io, controls, async (iterate) => {
      onIterate(iterate);
      await saver.see(iterate);
    })
    .finally(() => saver.settled());
  if (result.stopped) return { state: "left" };
  const recipe = writeRecipe(recipeOf(job, result, software));
  const { depth = 8 } = job.options;
  const bytes = await encodePicture(result.picture, formatOfPath(output), { recipe, depth });
  // Whoever took this worker for lost may have made it meanwhile: the same bytes.
  const meanwhile = await storage.lookAt(output);
  if (meanwhile?.id !== id) await storage.write(output, [bytes], id);
  const seconds = (performance.now() - began) / 1000;
  return { state: "made", evaluations: result.evaluations, seconds, resumed: from !== undefined };
}

/** A job as it is run: what it left open is as the engine has it. */
const settled = (job: Job, { runtime: { device, threads } }: EngineDescription): Job =>
  jobFrom({ ...job, device, options: { ...job.options, device, threads } });

/** Reads a job's inputs out of the storage. */
function readStored(storage: Storage, files: QueuedJob["files"], { options }: Job, available: number): JobIo {
  const memory = Math.min(available, options.memory ?? Number.POSITIVE_INFINITY);
  const { profile } = resolveSettings(options);
  const held: Picture[] = [];
  return {
    handsOver: true,
    async read({ name, checksum }, neededSize) {
      const left = memoryToRead(memory, held);
      const bytes = await storage.read(required(files[checksum], name), left);
      if (bytes === undefined) {
        throw new MisuseError(`"${name}" is not in ${storage.place} any more: put it back, and retry.`);
      }
      const input = await decodeInput(bytes, name, { neededSize, memory: left, profile });
      if (input.facts.checksum !== checksum) {
        throw new MisuseError(
          `"${name}" was changed since its job was put on the queue: put the job there anew.`,
        );
      }
      held.push(input.picture);
      return input.picture;
    },
  };
}
