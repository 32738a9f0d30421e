/**
 * Where a result goes: the file that was named, or the first free name made of the pictures' names. Checked before the
 * work, written after it.
 * @module
 */
import { parse } from "node:path";
import { encodePicture } from "../image/encode.node.ts";
import { checkDepth, formatOfPath, type PictureFormat } from "../image/format.ts";
import type { Picture } from "../image/picture.ts";
import type { Depth } from "../image/samples.ts";
import { pictureName } from "../job/inputs.node.ts";
import { openPlace } from "./place.ts";
import { orRescue } from "./rescue.ts";
import { isStandardOutput } from "./standard-output.ts";

/** A place that can be written to. */
export interface Target {
  readonly format: PictureFormat;
  /**
   * Writes the picture and returns the path it has.
   * @throws ImpastoError when it cannot, or no longer; the picture is then where `orRescue` found room for it, if any.
   */
  write(picture: Picture, recipe: string): Promise<string>;
}

/**
 * Finds the place, and makes sure that it can be written to.
 * @param output the file that was named, or `-` for standard output, if any.
 * @param inputs the pictures the result is named after otherwise.
 * @param folder where it goes then; the current one, when absent.
 * @throws MisuseError when it cannot, or the format is not that deep.
 */
export async function openTarget(
  output: string | undefined,
  inputs: readonly string[],
  depth: Depth = 8,
  folder?: string,
): Promise<Target> {
  const named = output !== undefined && !isStandardOutput(output);
  const stem = stemOf(named ? [output] : inputs);
  const format = named ? formatOfPath(output) : "png";
  checkDepth(format, depth);
  const writeBytes = await openPlace(output, stem, ".png", folder);
  return {
    format,
    write: (picture, recipe) =>
      orRescue({
        write: async () => writeBytes(await encodePicture(picture, format, { recipe, depth })),
        rescue: () => encodePicture(picture, "png", { recipe, depth }),
        stem,
        extension: ".png",
      }),
  };
}

/** Names have at most 255 bytes, and the end is needed for a number and an extension. */
const STEM_BYTES = 200;

/** The names without folders and extensions, joined: `cat-starry_night`. */
export function stemOf(inputs: readonly string[]): string {
  const characters = [...inputs.map((path) => parse(pictureName(path)).name).join("-")];
  while (Buffer.byteLength(characters.join("")) > STEM_BYTES) characters.pop();
  return characters.join("");
}
