/**
 * A run as the studio keeps it in `run.json`, and as a page sees it.
 * @module
 */
import * as z from "zod";
import { jobSchema, recipeSchema } from "../job/recipe.ts";
import { steeringSchema } from "../transfer/options.ts";
import { type Run, runRequest, type Version } from "./engine.ts";

const count = z.int().min(0);
const side = z.int().min(1);
const size = { width: side, height: side };

const failure = z.object({
  message: z.string(),
  lacks: z.exactOptional(z.enum(["memory", "weights", "device", "other"])),
  longestSide: z.exactOptional(side),
});

const progress = z.object({
  scale: count,
  scales: count,
  ...size,
  evaluation: count,
  evaluations: count,
  done: z.number(),
  secondsLeft: z.exactOptional(z.number()),
  loss: z.record(z.string(), z.number()),
});

const version = z.object({
  id: z.string(),
  why: z.enum(["steered", "saved", "stopped", "finished"]),
  ...size,
  /** Milliseconds since 1970. */
  created: z.number(),
  evaluations: count,
  starred: z.boolean(),
  removed: z.boolean(),
  steering: z.exactOptional(steeringSchema),
  /** All that counted then, where it was steered. */
  counts: z.exactOptional(steeringSchema),
  recipe: recipeSchema,
  file: z.string(),
  /** The name in the store of the state to go on from, as long as that is kept. */
  state: z.exactOptional(z.string()),
});

/** What is in `run.json`. */
export const runRecord = z.object({
  id: z.string(),
  revision: count,
  created: z.number(),
  request: runRequest,
  job: jobSchema,
  /** What the sizes cost in time. */
  pixels: z.array(z.object({ evaluation: z.number(), all: z.number() })),
  status: z.enum(["waiting", "preparing", "running", "stopped", "finished", "failed"]),
  phase: z.exactOptional(z.string()),
  progress: z.exactOptional(progress),
  /** As it was asked for. */
  steering: z.exactOptional(steeringSchema),
  /** All that counts, where it was steered: what the run is told. */
  counts: z.exactOptional(steeringSchema),
  preview: count,
  versions: z.array(version),
  /** How many versions there have been, to name the next one. */
  named: count,
  resumable: z.boolean(),
  failure: z.exactOptional(failure),
  /** The name in the store of the state to go on from; from the beginning, when absent. */
  state: z.exactOptional(z.string()),
  /** The file of a version that is being written. */
  writing: z.exactOptional(z.string()),
  /** Whether it is being removed. */
  discarded: z.boolean(),
});

/** A run as it is kept. */
export type RunRecord = Readonly<z.output<typeof runRecord>>;

/** A version as it is kept. */
export type VersionRecord = Readonly<z.output<typeof version>>;

/** A run as a page sees it. */
export function runOf(record: RunRecord): Run {
  const { job, pixels: _, counts: __, named: ___, writing: ____, discarded: _____, ...rest } = record;
  const { state: ______, versions, ...run } = rest;
  return { ...run, ...job.size, versions: versions.map(versionOf) };
}

function versionOf({ created: _, counts: __, state, ...version }: VersionRecord): Version {
  return { ...version, resumable: state !== undefined };
}

/** Names in the store. */
export const RUNS = "runs/";
export const RESULTS = "results/";
export const runName = (id: string, file: string): string => `${RUNS}${id}/${file}`;
