/**
 * The pictures of a batch as jobs, once their files were looked at: what is finished, what cannot be made, what is left.
 * @module
 */

import { ImpastoError } from "../../errors.ts";
import { checkRecipeFits } from "../../image/encode.node.ts";
import { checkFits, formatOfPath } from "../../image/format.ts";
import { type LookedInput, lookAtInput } from "../../job/inputs.node.ts";
import {
  isSamePicture,
  type Job,
  jobFrom,
  jobOf,
  longestOutcome,
  recipeOf,
  writeRecipe,
} from "../../job/recipe.ts";
import type { EngineDescription } from "../../job/runner.ts";
import { startsFromFile } from "../../transfer/options.ts";
import type { FoundFiles } from "../find-inputs.ts";
import { settingsFrom } from "../flags.ts";
import { jobInputsOf, maskFiles, placeOfMask } from "../inputs.ts";
import { readSoftware } from "../version.ts";
import type { CheckedPiece } from "./check.ts";

/** A picture of a batch, and how it stands. */
export type Item = { readonly piece: CheckedPiece } & (
  | { readonly state: "finished" }
  | { readonly state: "failed"; readonly reason: string }
  | { readonly state: "left"; readonly job: Job; readonly found: FoundFiles }
  | { readonly state: "made"; readonly seconds: number }
);

/** What looks at files, at each once. */
export type Look = (path: string) => Promise<LookedInput>;

/** Makes what looks at files, at each once. */
export function lookOnce(): Look {
  const looked = new Map<string, Promise<LookedInput>>();
  return (path) => {
    // The size that it has, not that it is read at: that is decided when it is read.
    const found = looked.get(path) ?? lookAtInput(path, { neededSize: (own) => own });
    looked.set(path, found);
    return found;
  };
}

/** Makes a job of a picture, and sees whether it is finished. */
export async function itemOf(piece: CheckedPiece, look: Look, engine: EngineDescription): Promise<Item> {
  try {
    const { content, styles, keep, options, output, earlier } = piece;
    const masks = maskFiles(piece);
    const { init } = settingsFrom(options);
    const found = new Map<string, { readonly path: string }>();
    const find = async (path: string): Promise<LookedInput> => {
      const looked = await look(path);
      found.set(looked.facts.checksum, { path });
      return looked;
    };
    const photo = await find(content);
    const inputs = jobInputsOf({
      content: photo,
      styles: await Promise.all(
        styles.map(async ({ path, mask, ...use }) => ({
          ...(await find(path)),
          ...use,
          mask: placeOfMask(masks, mask),
        })),
      ),
      ...(startsFromFile(init) ? { initial: await find(init) } : {}),
      masks: await Promise.all(masks.map(find)),
      ...(keep === undefined ? {} : { keep: await find(keep) }),
    });
    const job = jobOf(inputs, options, photo.size, engine);
    if (isFinished(job, earlier)) return { piece, state: "finished" };
    const format = formatOfPath(output);
    checkFits(format, job.size.width, job.size.height);
    const longest = longestOutcome(settingsFrom(job.options), job.size);
    checkRecipeFits(format, writeRecipe(recipeOf(job, longest, readSoftware())));
    return { piece, state: "left", job, found };
  } catch (error) {
    return failed(piece, error);
  }
}

/** What became of a picture that cannot be made. @throws the error, where it is none of those that are to be expected. */
export function failed(piece: CheckedPiece, error: unknown): Item {
  if (!(error instanceof ImpastoError)) throw error;
  return { piece, state: "failed", reason: error.message.replace(/\.$/, "") };
}

/** Whether a recipe says that this very job was done to its end. */
function isFinished(job: Job, recipe: unknown): boolean {
  if (!(recipe instanceof Object && "stopped" in recipe) || recipe.stopped !== false) return false;
  try {
    return isSamePicture(jobFrom(recipe), job);
  } catch (error) {
    // Another version's.
    if (error instanceof ImpastoError) return false;
    throw error;
  }
}
