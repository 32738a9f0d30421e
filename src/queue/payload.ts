/**
 * A job as it waits on a queue: the job itself, where in the storage its inputs are, and what its result is to be called.
 * What comes back from a queue may have been written by anybody, and is checked as a stranger's.
 * @module
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import { MisuseError } from "../errors.ts";
import { formatOfPath } from "../image/format.ts";
import { essenceOf, inputsOf, type Job, jobFrom } from "../job/recipe.ts";
import { outputName, storageName } from "./names.ts";

/** A job that waits, or is being made. */
export interface QueuedJob {
  /** The same for the same picture under the same name. */
  readonly id: string;
  readonly job: Job;
  /** Where the inputs are, by their checksums. */
  readonly files: Readonly<Record<string, string>>;
  readonly output: string;
}

const payload = z.object({
  version: z.literal(1),
  job: z.unknown(),
  files: z.record(z.string().regex(/^[0-9a-f]{64}$/), storageName),
  output: outputName,
});

/** A job as data, to be put on a queue. */
export type Payload = Readonly<z.input<typeof payload>>;

/** What tells a job on a queue from others: what picture it asks for, and what that is to be called. */
export const idOf = (job: Job, output: string): string =>
  createHash("sha256")
    .update(`${essenceOf(job)}\n${output}`)
    .digest("hex");

/** Writes a job for a queue. */
export const payloadOf = ({ job, files, output }: QueuedJob): Payload => ({ version: 1, job, files, output });

/**
 * Reads a job from a queue.
 * @param id the one that it has there.
 * @throws MisuseError when it is none that this version can make.
 */
export function readPayload(data: unknown, id: string): QueuedJob {
  const parsed = payload.safeParse(data);
  if (!parsed.success) {
    const [{ path, message } = { path: [], message: "" }] = parsed.error.issues;
    throw new MisuseError(
      `This is no job that this version of impasto can make: ${[path.join("."), message].filter(Boolean).join(": ")}.`,
    );
  }
  const { files, output } = parsed.data;
  const job = jobFrom(parsed.data.job);
  formatOfPath(output);
  for (const { name, checksum } of inputsOf(job)) {
    if (!Object.hasOwn(files, checksum)) {
      throw new MisuseError(`The job does not say where "${name}" is: put it on the queue anew.`);
    }
  }
  if (idOf(job, output) !== id) {
    throw new MisuseError("The job was changed on the queue: put it there anew.");
  }
  return { id, job, files, output };
}
