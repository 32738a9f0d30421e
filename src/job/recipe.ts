/**
 * A job as data, and what came of it. A recipe has every option as it was used, the preset's choices included, its inputs
 * by name and checksum, and the plan that was followed: what a picture carries can be run again as it stands. It has no
 * clock and no duration, so that the same work gives the same bytes.
 * @module
 */
import * as z from "zod";
import { MisuseError } from "../errors.ts";
import { LONGEST_SIDE, type Size } from "../image/size.ts";
import { required } from "../required.ts";
import { DEVICES } from "../runtime/runtime.ts";
import type { Engine } from "../transfer/engine.ts";
import type { Stylization } from "../transfer/iterate.ts";
import { lossOfKind } from "../transfer/objective.ts";
import {
  type Options,
  type OptionsInput,
  optionsSchema,
  parseOptions,
  startsFromFile,
} from "../transfer/options.ts";
import { resolveSettings, type Settings } from "../transfer/settings.ts";
import { TERM_KINDS, termOptions } from "../transfer/terms/table.ts";

const input = z.object({
  /** The file's name, without its folder. */
  name: z.string(),
  /** SHA-256 of the file, in hexadecimal. */
  checksum: z.string(),
});

/** A part of a picture, in parts of its width and height. */
export const cropSchema = z
  .object({
    left: z.number().min(0).max(1),
    top: z.number().min(0).max(1),
    width: z.number().positive().max(1),
    height: z.number().positive().max(1),
  })
  .refine(({ left, top, width, height }) => left + width <= 1 + 1e-9 && top + height <= 1 + 1e-9, {
    message: "expected a part of the picture",
  });

const style = input.extend({
  /** At least 0; only the ratios matter. */
  weight: z.number().min(0),
  mask: z.int().min(0).optional(),
  crop: cropSchema.optional(),
});

const side = z.int().min(1).max(LONGEST_SIDE);

export const plannedScale = z.object({
  width: side,
  height: side,
  iterations: z.int().min(1),
  mostPixels: z.int().min(1).optional(),
  history: z.int().min(1).optional(),
});

export const jobSchema = z.object({
  options: optionsSchema,
  network: input,
  device: z.enum(DEVICES),
  content: input,
  styles: z.array(style).min(1),
  initial: input.optional(),
  /** Pictures that say where styles paint; a style names its mask by its place among them, from 0. */
  masks: z.array(input).optional(),
  /** The picture that says where the photograph stays. */
  keep: input.optional(),
  /** The result's. */
  size: z.object({ width: side, height: side }),
  /** The sizes to work through, and how much of a picture to look at at once at each. */
  plan: z.array(plannedScale).min(1).optional(),
});

/** A job, and what came of it. */
export const recipeSchema = jobSchema.extend({
  software: z.string(),
  evaluations: z.int().min(0),
  stopped: z.boolean(),
  steered: z.exactOptional(z.literal(true)),
  loss: z.record(z.string(), z.number()),
});

/** A file that goes in. */
export type JobInput = Readonly<z.output<typeof input>>;

/** A job: all that decides what its picture is. Without a plan, one is made by the memory that is there. */
export type Job = Readonly<z.output<typeof jobSchema>>;

/** A job and what came of it; what a picture carries. */
export interface Recipe extends Job {
  readonly software: string;
  readonly evaluations: number;
  readonly stopped: boolean;
  /** Present where weights were changed on the way: the job alone does not make such a picture. */
  readonly steered?: true;
  /** The total loss, and the losses of each kind. */
  readonly loss: Readonly<Record<string, number>>;
}

/** What a recipe says of a result. */
export type Outcome = Pick<Stylization, "loss" | "evaluations" | "stopped" | "plan"> &
  Partial<Pick<Stylization, "steered">>;

/** The inputs of a job, in the words of a recipe. */
export type JobInputs = Pick<Job, "content" | "styles" | "initial" | "masks" | "keep">;

/** A part of a picture, in parts of its width and height. */
export type Crop = Readonly<z.output<typeof cropSchema>>;

/** All files that go into a job, in the order in which a run asks for them. */
export const inputsOf = ({ content, styles, initial, masks = [], keep }: JobInputs): readonly JobInput[] => [
  content,
  ...styles,
  ...(initial === undefined ? [] : [initial]),
  ...masks,
  ...(keep === undefined ? [] : [keep]),
];

/** The inputs of a job but for the picture to start from. */
export const withoutInitial = ({ content, styles, masks, keep }: JobInputs): Omit<JobInputs, "initial"> => ({
  content,
  styles,
  masks,
  keep,
});

/** What a recipe says of an engine. */
export interface EngineFacts {
  readonly network: Pick<Engine["network"], "name" | "checksum">;
  readonly runtime: Pick<Engine["runtime"], "device" | "threads">;
}

/**
 * The job that these options ask for, each resolved.
 * @param inputs the files that go in.
 * @param content the photograph's size.
 * @throws MisuseError for options or inputs that make no sense.
 * @example
 * const [photo, painting] = [await readInput("photo.jpg"), await readInput("painting.jpg")];
 * const inputs = { content: photo.facts, styles: [{ ...painting.facts, weight: 1 }] };
 * const job = jobOf(inputs, { size: 1024 }, photo.picture, runner.engine);
 */
export function jobOf(
  inputs: JobInputs,
  options: OptionsInput,
  content: Size,
  { network, runtime }: EngineFacts,
): Job {
  const parsed = parseOptions(options);
  const settings = resolveSettings(parsed);
  const size = settings.contentSize(content, settings.size);
  const job = {
    options: {
      ...resolved(parsed, settings, size, inputs.initial),
      ...(network.name === BUILT_IN ? { network: BUILT_IN } : {}),
      device: runtime.device,
      threads: runtime.threads,
    },
    network,
    device: runtime.device,
    ...inputs,
    size,
  };
  return parseJob(job, "No job can be made of these inputs");
}

const BUILT_IN = "built-in";

/** Every option as it is used, the preset's choices included; the strength stands in the weights that it stands for. */
function resolved(
  { strength: _, ...options }: Options,
  settings: Settings,
  size: Size,
  initial?: JobInput,
): Options {
  const { optimizer, init, pooling, edges } = settings;
  const longest = Math.max(size.width, size.height);
  const schedule = settings.schedule(longest);
  const [iterations, ...others] = new Set(schedule.map((scale) => scale.iterations));
  return parseOptions({
    ...options,
    size: longest,
    scales: schedule.length,
    // Where a preset has another number at each size, the plan alone can say so.
    ...(iterations === undefined || others.length > 0 ? {} : { iterations }),
    ...Object.fromEntries(Object.entries(settings).filter(([name]) => name in termOptions)),
    edges,
    pooling,
    optimizer: optimizer.kind,
    ...(optimizer.kind === "adam"
      ? { learningRate: optimizer.learningRate }
      : { history: optimizer.history }),
    init: initial === undefined ? init : asFile(initial.name),
    network: withoutFolders(options.network),
  });
}

/** The options of a job for which nothing was chosen but its preset and size. */
export function usualOptions(preset: Options["preset"], size: Size): Options {
  const parsed = parseOptions({ preset, size: Math.max(size.width, size.height) });
  return resolved(parsed, resolveSettings(parsed), size);
}

/** The name of a file as the option `init` takes it, which has words of its own. */
const asFile = (name: string): string => (startsFromFile(name) ? name : `./${name}`);

const withoutFolders = (path: string): string => path.replace(/^.*[\\/](?=.)/s, "");

/** The recipe of what came of a job. @param software what made it, and its version. */
export function recipeOf(job: Job, outcome: Outcome, software: string): Recipe {
  const { plan, evaluations, stopped, steered, loss } = outcome;
  const { width, height } = required(plan.at(-1), "size");
  return {
    software,
    ...job,
    plan: [...plan],
    size: { width, height },
    evaluations,
    stopped,
    ...(steered ? { steered } : {}),
    loss: lossesOf(loss),
  };
}

/** An outcome of which a recipe says more than of any that may come of the work. */
export const longestOutcome = (settings: Settings, size: Size): Outcome => ({
  loss: { total: LONG, terms: Object.fromEntries(TERM_KINDS.map(({ name }) => [name, LONG])) },
  evaluations: Number.MAX_SAFE_INTEGER,
  stopped: false,
  plan: settings.schedule(Math.max(size.width, size.height)).map(({ iterations }) => ({
    ...size,
    iterations,
    mostPixels: Number.MAX_SAFE_INTEGER,
    history: Number.MAX_SAFE_INTEGER,
  })),
});

/** No number takes more digits than this one. */
const LONG = -Number.MAX_VALUE;

/**
 * The job in a recipe. Where the run was stopped, it goes to its end.
 * @throws MisuseError when it is none, or one of another version, or the run was steered.
 */
export function jobFrom(recipe: unknown): Job {
  if (recipe instanceof Object && "steered" in recipe && recipe.steered === true) {
    throw new MisuseError(
      "This picture was steered while it was made, and its recipe does not say how: it cannot be made again.",
    );
  }
  return parseJob(recipe, "This recipe cannot be run again by this version of impasto");
}

/** In the schema's order, whatever it was written in: one job is to give one text. @throws MisuseError when it is none. */
function parseJob(job: unknown, refusal: string): Job {
  const parsed = jobSchema.safeParse(job);
  if (parsed.success) return parsed.data;
  const [{ path, message } = { path: [], message: "" }] = parsed.error.issues;
  throw new MisuseError(`${refusal}: ${[path.join("."), message].filter(Boolean).join(": ")}.`);
}

/**
 * Whether two jobs ask for one picture: of the same inputs, whatever they are called, by the same options and the same
 * network. Where it is computed, and with how much memory, changes no more than its last digits.
 */
export const isSamePicture = (one: Job, other: Job): boolean => essenceOf(one) === essenceOf(other);

/** All of a job but for names, and for what says where it is run: the same text for jobs that ask for one picture. */
export function essenceOf(job: Job): string {
  const { options, network, device: _, plan: __, ...inputs } = jobSchema.parse(job);
  const { threads: ___, memory: ____, device: _____, network: ______, init, ...rest } = options;
  const start = inputs.initial === undefined ? init : undefined;
  // What these are where nobody says is no preset's choice, and so is in no recipe.
  const { depth = 8, profile = "srgb", ...others } = rest;
  const all = { ...inputs, others, depth, profile, start, network: network.checksum };
  return JSON.stringify(all, (key, value: unknown) => (key === "name" ? undefined : value));
}

/** The total loss and the losses of each kind, by their names. */
export const lossesOf = (loss: Stylization["loss"]): Readonly<Record<string, number>> => ({
  total: loss.total,
  ...Object.fromEntries(TERM_KINDS.map(({ name }) => [name, lossOfKind(loss, name)])),
});

/** The recipe as JSON, to be put into the result's metadata. */
export const writeRecipe = (recipe: Recipe): string => JSON.stringify(recipe);
