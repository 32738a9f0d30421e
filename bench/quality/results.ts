/**
 * All that a run of the harness found out, as one JSON file: for its reports, and for later runs to compare with.
 * @module
 */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { caseSchema } from "./run-case.ts";
import { scoresSchema } from "./scores.ts";

const resultSchema = caseSchema.extend({
  /** The picture's path, relative to the results' file. */
  picture: z.string(),
  scores: scoresSchema,
  /** Scores of pictures on the way. */
  course: z.array(z.object({ seconds: z.number(), scores: scoresSchema })),
});

/** One configuration's result for a pair. */
export type Result = z.output<typeof resultSchema>;

const pairResultSchema = z.object({
  name: z.string(),
  size: z.number(),
  content: z.string(),
  style: z.string(),
  regions: z.array(z.object({ x: z.number(), y: z.number() })),
  peer: z.object({ name: z.string(), picture: z.string(), scores: scoresSchema }).optional(),
  results: z.array(resultSchema),
});

/** A pair with all its results; pictures by paths relative to the results' file. */
export type PairResults = z.output<typeof pairResultSchema>;

const resultsSchema = z.object({
  machine: z.string(),
  software: z.string(),
  weights: z.string(),
  pairs: z.array(pairResultSchema),
});

/** Everything that a run found out. */
export type Results = z.output<typeof resultsSchema>;

/** Reads an earlier run's results. */
export const readResults = async (path: string): Promise<Results> =>
  resultsSchema.parse(JSON.parse(await readFile(path, "utf8")));

/** The result of the same pair, at the same size, with the configuration of the same name. */
export const counterpart = (
  earlier: Results | undefined,
  { name, size }: PairResults,
  { configuration }: Result,
): Result | undefined =>
  earlier?.pairs
    .find((pair) => pair.name === name && pair.size === size)
    ?.results.find((result) => result.configuration === configuration);

/** Seconds in PyTorch evaluations, where their length is known. */
export const inEvaluations = (seconds: number, { reference }: Result): number | undefined =>
  reference === undefined ? undefined : seconds / reference;
