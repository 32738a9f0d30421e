/**
 * What the harness is asked to do: pairs of pictures and configurations, each a list in a JSON file. It knows where the
 * files are and nothing of what is in the pictures.
 * @module
 */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import * as z from "zod";
import { optionsSchema } from "../../src/transfer/options.ts";

const fraction = z.number().min(0).max(1);

/** A region to be looked at closely; its centre, as fractions of the picture's width and height. */
const regionSchema = z.strictObject({ x: fraction, y: fraction });

const pairSchema = z.strictObject({
  /** Also the name of files. */
  name: z.string().regex(/^\w[\w.-]*$/),
  content: z.string().min(1),
  style: z.string().min(1),
  /** Longest side of the result in pixels. */
  size: z.int().min(16),
  /** Content and style as the scores see them, where they are not to be made from the pictures above. */
  targets: z.strictObject({ content: z.string().min(1), style: z.string().min(1) }).optional(),
  /** What another program made of the pair. */
  peer: z.strictObject({ name: z.string().min(1), picture: z.string().min(1) }).optional(),
  regions: z
    .array(regionSchema)
    .max(6)
    .default([
      { x: 0, y: 0 },
      { x: 0.5, y: 0.5 },
      { x: 1, y: 1 },
    ]),
});

/** A photograph and a painting at a size, files by their absolute paths. */
export type Pair = z.output<typeof pairSchema>;

const configurationSchema = z.strictObject({
  name: z.string().min(1),
  // Kept as written: what is left out is for the product to fill in.
  options: z.record(z.string(), z.unknown()).refine((options) => optionsSchema.safeParse(options).success, {
    error: ({ input }) => z.prettifyError(optionsSchema.safeParse(input).error ?? new z.ZodError([])),
  }),
});

/** A way of working to be tried. */
export type Configuration = z.output<typeof configurationSchema>;

/**
 * Reads a list of pairs. Their pictures are looked for in `pictures`, or beside the list where that is not given.
 * @throws Error that names the file and what is wrong in it.
 */
export async function readPairs(path: string, pictures = dirname(path)): Promise<readonly Pair[]> {
  const pairs = await readList(path, pairSchema);
  const find = (file: string) => resolve(pictures, file);
  return pairs.map((pair) => ({
    ...pair,
    content: find(pair.content),
    style: find(pair.style),
    ...(pair.targets && {
      targets: { content: find(pair.targets.content), style: find(pair.targets.style) },
    }),
    ...(pair.peer && { peer: { ...pair.peer, picture: find(pair.peer.picture) } }),
  }));
}

/**
 * Reads a list of configurations.
 * @throws Error that names the file and what is wrong in it.
 */
export const readConfigurations = (path: string): Promise<readonly Configuration[]> =>
  readList(path, configurationSchema);

async function readList<Item extends { name: string }>(path: string, item: z.ZodType<Item>): Promise<Item[]> {
  const parsed = z.array(item).safeParse(JSON.parse(await readFile(path, "utf8")));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  const names = parsed.data.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new Error(`${path}: the name ${twice} is there twice.`);
  return parsed.data;
}
