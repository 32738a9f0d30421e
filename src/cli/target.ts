/**
 * Where a result goes: the file that was named, or the first free name made of the pictures' names. Checked before the
 * work, written after it.
 * @module
 */
import { parse } from "node:path";
import { encodePicture } from "../image/encode.node.ts";
import { formatOfPath, type PictureFormat } from "../image/format.ts";
import type { Picture } from "../image/picture.ts";
import { checkWritable, freeName, writeAtomically, writeNew } from "../image/write.node.ts";
import { pictureName } from "./inputs.ts";
import { orRescue } from "./rescue.ts";

/** A place that can be written to. */
export interface Target {
  readonly format: PictureFormat;
  /**
   * Writes the picture and returns the path it has.
   * @throws ImpastoError when it cannot, or no longer; the picture is then in the folder for temporary files, if any takes it.
   */
  write(picture: Picture, recipe: string): Promise<string>;
}

/**
 * Finds the place, and makes sure that it can be written to.
 * @param output the file that was named, if any.
 * @param inputs the pictures the result is named after otherwise.
 * @throws MisuseError when it cannot.
 */
export async function openTarget(output: string | undefined, inputs: readonly string[]): Promise<Target> {
  if (output !== undefined) {
    const format = formatOfPath(output);
    await checkWritable(output);
    return {
      format,
      async write(picture, recipe) {
        const rescue = () => encodePicture(picture, "png", { recipe });
        return orRescue(stemOf([output]), ".png", rescue, async () => {
          await writeAtomically(output, await encodePicture(picture, format, { recipe }));
          return output;
        });
      },
    };
  }
  const stem = stemOf(inputs);
  await checkWritable(await freeName(".", stem, ".png"));
  return {
    format: "png",
    async write(picture, recipe) {
      const encode = () => encodePicture(picture, "png", { recipe });
      return orRescue(stem, ".png", encode, async () => writeNew(".", stem, ".png", await encode()));
    },
  };
}

/** Names have at most 255 bytes, and the end is needed for a number, an extension and a temporary suffix. */
const STEM_BYTES = 200;

/** The names without folders and extensions, joined: `cat-starry_night`. */
export function stemOf(inputs: readonly string[]): string {
  const characters = [...inputs.map((path) => parse(pictureName(path)).name).join("-")];
  while (Buffer.byteLength(characters.join("")) > STEM_BYTES) characters.pop();
  return characters.join("");
}
