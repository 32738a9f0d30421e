/**
 * From what a page asks for to a job: pictures by their names and checksums, every option as it is used.
 * @module
 */
import type * as z from "zod";
import { MisuseError } from "../errors.ts";
import { readingSize } from "../image/reading.ts";
import type { Size } from "../image/size.ts";
import { settingsOf, styleNeeded } from "../job/job.ts";
import type { JobSizes } from "../job/job-plan.ts";
import { type Job, type JobInput, type JobInputs, jobOf } from "../job/recipe.ts";
import type { EngineDescription } from "../job/runner.ts";
import { type HeldPicture, PROCESS_BYTES } from "../transfer/plan.ts";
import { runRequest } from "./engine.ts";
import type { PictureFacts, Pictures } from "./pictures.ts";

/** A request that was checked. */
export type CheckedRequest = Readonly<z.output<typeof runRequest>>;

/** What a request comes to. */
export interface Requested {
  readonly job: Job;
  /** The sizes that its pictures will be read at. */
  readonly sizes: JobSizes;
}

/** @throws MisuseError naming what makes no sense. */
export function checkRequest(asked: unknown): CheckedRequest {
  const parsed = runRequest.safeParse(asked);
  if (!parsed.success) throw new MisuseError(explain(parsed.error.issues[0], asked));
  if (parsed.data.styles.every(({ weight }) => weight === 0)) {
    throw new MisuseError("The paintings' weights sum to 0: give at least one a weight above 0.");
  }
  return parsed.data;
}

function explain(issue: z.core.$ZodIssue | undefined, asked: unknown): string {
  if (issue === undefined) return "Expected what is to be painted.";
  if (issue.code === "unrecognized_keys") {
    return `${issue.keys.join(", ")} cannot be asked of a studio${issue.path.length > 0 ? ` in ${issue.path.join(".")}` : ""}.`;
  }
  const received = issue.path.reduce<unknown>(
    (value, key) => (value instanceof Object ? Reflect.get(value, key) : undefined),
    asked,
  );
  const place = issue.path.filter((key) => key !== "options").join(".") || "what is to be painted";
  return `${issue.message} for ${place} but received ${JSON.stringify(received) ?? "nothing"}.`;
}

/** The pictures of a request. */
interface Given {
  readonly content: PictureFacts;
  readonly styles: readonly PictureFacts[];
  readonly masks: readonly PictureFacts[];
  readonly initial?: PictureFacts | undefined;
  readonly keep?: PictureFacts | undefined;
}

/**
 * Makes a job of a request.
 * @throws MisuseError for options that make no sense, or pictures that are not there.
 */
export async function jobOfRequest(
  request: CheckedRequest,
  pictures: Pictures,
  engine: EngineDescription,
): Promise<Requested> {
  const masks = [...new Set(request.styles.flatMap(({ mask }) => (mask === undefined ? [] : [mask])))];
  const factsOf = (ids: readonly string[]) => Promise.all(ids.map((id) => pictures.facts(id)));
  const given: Given = {
    content: await pictures.facts(request.content),
    styles: await factsOf(request.styles.map(({ id }) => id)),
    masks: await factsOf(masks),
    initial: request.initial === undefined ? undefined : await pictures.facts(request.initial),
    keep: request.keep === undefined ? undefined : await pictures.facts(request.keep),
  };
  const inputs: JobInputs = {
    content: inputOf(given.content),
    styles: request.styles.map(({ weight, mask, crop }, index) => ({
      ...inputOf(given.styles[index] ?? given.content),
      weight,
      ...(mask === undefined ? {} : { mask: masks.indexOf(mask) }),
      ...(crop === undefined ? {} : { crop }),
    })),
    ...(given.initial === undefined ? {} : { initial: inputOf(given.initial) }),
    ...(given.masks.length === 0 ? {} : { masks: given.masks.map(inputOf) }),
    ...(given.keep === undefined ? {} : { keep: inputOf(given.keep) }),
  };
  const job = jobOf(inputs, request.options, given.content, engine);
  return { job, sizes: sizesOf(job, given, engine) };
}

const inputOf = ({ id, name }: PictureFacts): JobInput => ({ name, checksum: id });

/** The sizes that pictures will be read at. */
function sizesOf(job: Job, { content, styles, initial }: Given, { memory }: EngineDescription): JobSizes {
  const { styleSize } = settingsOf(job);
  const left = memory === undefined ? undefined : Math.max(0, memory - PROCESS_BYTES);
  const readAt = (picture: PictureFacts, neededSize: (own: Size) => Size): HeldPicture => {
    const { width, height, alpha, name } = picture;
    const header = { width, height, fileBytes: 0, decoderBytes: DECODER_BYTES, pixelBytes: PIXEL_BYTES };
    return { ...readingSize(header, { neededSize, memory: left }, name), ...(alpha ? { alpha } : {}) };
  };
  const result = (): Size => job.size;
  return {
    content: readAt(content, result),
    styles: job.styles.map((style, index) =>
      readAt(
        styles[index] ?? content,
        styleNeeded(style, (own) => styleSize(own, job.size)),
      ),
    ),
    initial: initial && readAt(initial, result),
  };
}

/** About what decoders hold of a pixel, and what is read of it. */
const DECODER_BYTES = 4;
const PIXEL_BYTES = 4 * Float32Array.BYTES_PER_ELEMENT;
