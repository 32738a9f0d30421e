/**
 * A run as bytes: its job and its state in one safetensors file, from which it goes on to the same picture. Arrays are
 * tensors, under the names they have in the state; everything else is JSON in the file's metadata.
 * @module
 */
import * as z from "zod";
import { ImpastoError, MisuseError } from "../errors.ts";
import type { ByteSource } from "../network/byte-source.ts";
import {
  decodeDoubles,
  decodeTensor,
  headerSize,
  joined,
  parseHeader,
  type SafetensorsHeader,
  safetensorsParts,
  type TensorEntry,
  type WritableTensor,
} from "../network/safetensors.ts";
import { steeringSchema } from "../transfer/options.ts";
import type { RunState } from "../transfer/run-state.ts";
import { type Job, jobFrom, plannedScale } from "./recipe.ts";

/** A job that was begun. */
export interface SavedRun {
  readonly job: Job;
  readonly state: RunState;
  /** Files that go in, by their checksums, where the run is to go on without them. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** What whoever saves it wants to know again. */
  readonly note?: string;
}

/** Tells these files, and this version of them, from others. */
const FORMAT = "impasto run 1";

/** What the names of tensors begin with that are files. */
const FILES = "file.";

/**
 * Writes a run. The same run gives the same bytes.
 * @example await writeAtomically("cat.run", saveRun({ job, state: await iterate.state() }));
 */
export const saveRun = (run: SavedRun): Uint8Array => joined(savedParts(run));

/** As {@link saveRun}, in parts that follow each other and share the memory of the run's arrays. */
export function savedParts({ job, state, files = {}, note }: SavedRun): readonly Uint8Array[] {
  const tensors: Record<string, WritableTensor> = {};
  const stateText = JSON.stringify(withoutArrays(state, "state", tensors));
  for (const [checksum, data] of Object.entries(files)) {
    tensors[`${FILES}${checksum}`] = { shape: [data.length], data, dtype: "U8" };
  }
  // Not sorted, as the state is: the recipe is to have the very order that it would have had.
  const texts = { format: FORMAT, job: JSON.stringify(jobFrom(job)), state: stateText };
  return safetensorsParts(tensors, note === undefined ? texts : { ...texts, note });
}

/**
 * Reads a run.
 * @param file named in messages.
 * @throws ImpastoError when the file is damaged; MisuseError when it is none of these files, or of another version.
 */
export function loadRun(bytes: Uint8Array, file = "The file"): SavedRun {
  const { metadata, entries } = parseHeader(bytes, bytes.length, file);
  checkFormat(metadata, file);
  const parts = [...entries].map(([name, entry]): Part => [name, entry, bytes.slice(entry.begin, entry.end)]);
  return runOf(metadata, parts, file);
}

/** As {@link loadRun}, with no more in memory than the run itself, for files of any size. */
export async function readRun(source: ByteSource): Promise<SavedRun> {
  const { name: file, size } = source;
  const head = await source.read(0, headerSize(await source.read(0, Math.min(size, 8)), size, file));
  const { metadata, entries } = parseHeader(head, size, file);
  checkFormat(metadata, file);
  const parts: Part[] = [];
  for (const [name, entry] of entries) {
    const bytes = await source.read(entry.begin, entry.end);
    if (bytes.length < entry.end - entry.begin) throw damaged(file);
    parts.push([name, entry, bytes]);
  }
  return runOf(metadata, parts, file);
}

/** A tensor's name, what the header says of it, and its bytes, which are nobody else's. */
type Part = readonly [name: string, entry: TensorEntry, bytes: Uint8Array];

function checkFormat({ format }: SafetensorsHeader["metadata"], file: string): void {
  if (format === FORMAT) return;
  throw new MisuseError(
    `${file} is not a run that this version of impasto can go on with: expected "${FORMAT}" but received ${JSON.stringify(format)}.`,
  );
}

function runOf(metadata: SafetensorsHeader["metadata"], parts: readonly Part[], file: string): SavedRun {
  const arrays = new Map<string, Float32Array | Float64Array>();
  const files: Record<string, Uint8Array> = {};
  for (const [name, { dtype }, bytes] of parts) {
    if (dtype === "U8" && name.startsWith(FILES)) {
      files[name.slice(FILES.length)] = bytes;
      continue;
    }
    const decode = dtype === "F64" ? decodeDoubles : decodeTensor;
    arrays.set(name, decode(bytes, dtype, name, file));
  }
  const state = stateSchema.safeParse(parseJson(metadata.state, file, arrays));
  if (!state.success || !fits(state.data)) throw damaged(file);
  const { note } = metadata;
  return {
    job: jobFrom(parseJson(metadata.job, file)),
    state: state.data,
    ...(Object.keys(files).length === 0 ? {} : { files }),
    ...(note === undefined ? {} : { note }),
  };
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The value with each array put among the tensors, and named in its place; whatever order its properties came in. */
function withoutArrays(value: unknown, name: string, tensors: Record<string, WritableTensor>): Json {
  if (value instanceof Float32Array || value instanceof Float64Array) {
    const shape = [value.length];
    tensors[name] =
      value instanceof Float64Array ? { shape, data: value, dtype: "F64" } : { shape, data: value };
    return { tensor: name };
  }
  if (typeof value === "number" && !isJson(value))
    return { number: Object.is(value, -0) ? "-0" : String(value) };
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) {
    return value.map((one: unknown, index) => withoutArrays(one, `${name}.${index}`, tensors));
  }
  if (typeof value !== "object" || value === null) return null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, withoutArrays(one, `${name}.${key}`, tensors)]),
  );
}

/** Whether JSON has a way to write a number. */
const isJson = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);

/** The value with each array in its place. */
function parseJson(
  text: string | undefined,
  file: string,
  arrays: ReadonlyMap<string, unknown> = new Map(),
): unknown {
  try {
    return JSON.parse(text ?? "", (_, value: unknown) => {
      if (!(value instanceof Object)) return value;
      if ("tensor" in value && typeof value.tensor === "string") return arrays.get(value.tensor);
      if ("number" in value && typeof value.number === "string") return Number(value.number);
      return value;
    });
  } catch {
    // No JSON, or JSON within JSON without end.
    throw damaged(file);
  }
}

const damaged = (file: string): ImpastoError =>
  new ImpastoError(`${file} is damaged: what it says of the run contradicts itself; begin the run anew.`);

const floats = z.instanceof(Float32Array);
const doubles = z.instanceof(Float64Array);
const count = z.int().min(0);
/** Any number: also one that is infinite, or none. */
const number = z.custom<number>((value) => typeof value === "number");

const loss = z.object({ total: number, terms: z.record(z.string(), number) });
const points = { point: floats, accepted: floats };
const history = z.object({
  banks: z.array(floats),
  order: z.array(count),
  pending: z.boolean(),
  sy: doubles,
  yy: doubles,
  products: doubles,
});

const optimizer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("adam"), ...points, first: floats, second: floats, steps: count }),
  z.object({
    kind: z.literal("pytorch-lbfgs"),
    ...points,
    previous: floats,
    step: floats,
    history,
    begun: z.boolean(),
  }),
  z.object({
    kind: z.literal("safeguarded-lbfgs"),
    ...points,
    gradient: floats,
    direction: floats,
    history,
    loss: number,
    slope: number,
    lowest: number,
    searching: z.boolean(),
    stalled: z.boolean(),
    step: number,
    trials: count,
    reach: number,
    gamma: number,
  }),
]);

const stateSchema = z.object({
  work: z.string(),
  plan: z.array(plannedScale).min(1),
  scale: count,
  evaluation: count,
  evaluationsBefore: count,
  optimizer,
  loss,
  best: z.object({ variables: floats, loss }).optional(),
  steering: steeringSchema.optional(),
  seconds: z.number().min(0),
  secondsHere: z.number().min(0),
});

/** Whether the arrays are of the size that the run is at. */
function fits({ plan, scale, evaluation, optimizer, best }: z.output<typeof stateSchema>): boolean {
  const here = plan[scale];
  if (here === undefined || evaluation > here.iterations) return false;
  const variables = 3 * here.width * here.height;
  return optimizer.point.length === variables && (best === undefined || best.variables.length === variables);
}
