/**
 * What may not be between the pictures of a batch: two results in one file, a result over an input, over a file that is no
 * result of impasto's, or in a format that cannot hold it. Told before any work.
 * @module
 */

import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { MisuseError } from "../../errors.ts";
import { checkDepth, formatOfPath } from "../../image/format.ts";
import { fileKey } from "../../image/place.node.ts";
import { checkWritable, clearLeftovers } from "../../image/write.node.ts";
import { whereWeights } from "../../network/locate.node.ts";
import { startsFromFile } from "../../transfer/options.ts";
import { guideFiles } from "../inputs.ts";
import { readRecipeJson } from "../read-recipe.ts";
import type { Piece } from "./pieces.ts";

/** A picture to be made, and the recipe of what is there in its place. */
export interface CheckedPiece extends Piece {
  readonly earlier: unknown;
}

/**
 * Checks the pictures of a batch. Those of which a result of the batch would be an input are left out: a pattern for the
 * inputs may match the results that are there by now.
 * @param network the option, which may name a file.
 * @throws MisuseError where it may not be begun.
 */
export async function checkPieces(
  pieces: readonly Piece[],
  network: string,
): Promise<readonly CheckedPiece[]> {
  const outputs = await outputsOf(pieces);
  const earlier = new Map<string, unknown>();
  for (const { output, options } of pieces) {
    checkDepth(formatOfPath(output), options.depth ?? 8, `"${output}"`);
    if (existsSync(output)) earlier.set(output, await readRecipeJson(output).catch(() => undefined));
  }
  const results = new Set<string>();
  const located = whereWeights(process.env).located?.path;
  const inputs = new Set([...pieces.flatMap(inputsOf), network, ...(located === undefined ? [] : [located])]);
  for (const input of inputs) {
    const piece = outputs.get(await keyOf(input));
    if (piece === undefined) continue;
    if (earlier.get(piece.output) === undefined || inputsOf(piece).includes(input)) {
      throw overwriting(input);
    }
    results.add(input);
  }
  const left = pieces.filter((piece) => !inputsOf(piece).some((input) => results.has(input)));
  for (const piece of left) {
    const { output } = piece;
    for (const guide of guideFiles(piece)) await checkGuide(guide, piece, outputs);
    await checkWritable(output);
    // Of a batch that was killed; a folder that cannot be looked into can be written to all the same.
    await clearLeftovers(output).catch(() => {});
    if (!existsSync(output) || earlier.get(output) !== undefined) continue;
    throw new MisuseError(
      `"${output}" is there already and carries no recipe of impasto's: move it away, or give another template.`,
    );
  }
  return left.map((piece) => ({ ...piece, earlier: earlier.get(piece.output) }));
}

/** The pictures that go in; of masks, {@link checkGuide} knows. */
const inputsOf = ({ content, styles, options: { init } }: Piece): readonly string[] => [
  content,
  ...styles.map(({ path }) => path),
  ...(init !== undefined && startsFromFile(init) ? [init] : []),
];

/**
 * Checks a mask. It is named, and matched by no pattern: where a result would be written over it, nothing is left out.
 * @throws MisuseError where it is not there, or would be written over.
 */
async function checkGuide(guide: string, piece: Piece, outputs: ReadonlyMap<string, Piece>): Promise<void> {
  if (outputs.has(await keyOf(guide))) throw overwriting(guide);
  const found = await stat(guide).catch(() => undefined);
  if (found?.isFile()) return;
  throw new MisuseError(
    `There is no file "${guide}", the mask for ${describe(piece)}; check the name and the folder.`,
  );
}

const overwriting = (input: string): MisuseError =>
  new MisuseError(`--output would write over the input "${input}": give another template.`);

/** What tells a file from others; but on Linux, names that differ by no more than case are one. */
async function keyOf(path: string): Promise<string> {
  const key = await fileKey(path);
  return process.platform === "linux" ? key : key.toLowerCase();
}

/** By what tells their files from others. @throws MisuseError where two are one. */
async function outputsOf(pieces: readonly Piece[]): Promise<ReadonlyMap<string, Piece>> {
  const outputs = new Map<string, Piece>();
  for (const piece of pieces) {
    const key = await keyOf(piece.output);
    const other = outputs.get(key);
    if (other !== undefined) {
      throw new MisuseError(
        `"${piece.output}" would be the result of both ${describe(other)} and ${describe(piece)}: give a template with {content} and {style}, or pictures of other names.`,
      );
    }
    outputs.set(key, piece);
  }
  return outputs;
}

/** A picture in a few words. */
const describe = ({ content, named }: Piece): string =>
  `"${content}" with ${named.map((path) => `"${path}"`).join(" and ")}`;
