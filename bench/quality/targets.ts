/**
 * The pictures that results are scored against: content and style at the result's size, as PNG files, so that any other
 * judge can be given the very same pixels.
 * @module
 */
import { join } from "node:path";
import { overMeanColour } from "../../src/image/alpha.ts";
import { readPicture } from "../../src/image/decode.node.ts";
import { encodePicture } from "../../src/image/encode.node.ts";
import type { Picture } from "../../src/image/picture.ts";
import { resize } from "../../src/image/resize.ts";
import { sizeWithLongestSide } from "../../src/image/size.ts";
import { writeAtomically } from "../../src/image/write.node.ts";
import type { Pair } from "./plan.ts";

/** A content and a style at their size: as files, and as those files are read. */
export interface ScoreTargets {
  readonly content: { readonly path: string; readonly picture: Picture };
  readonly style: { readonly path: string; readonly picture: Picture };
}

/** Finds or makes the targets of a pair. A picture already at its size is not resampled. */
export async function makeTargets(pair: Pair, folder: string): Promise<ScoreTargets> {
  const make = async (kind: "content" | "style") => {
    const path = join(folder, `${pair.name}-${pair.size}-${kind}.png`);
    const given = pair.targets?.[kind];
    const picture = overMeanColour(await readPicture(given ?? pair[kind]));
    const atSize = given === undefined ? withLongestSide(picture, pair.size) : picture;
    await writeAtomically(path, await encodePicture(atSize, "png"));
    return { path, picture: await readPicture(path) };
  };
  return { content: await make("content"), style: await make("style") };
}

function withLongestSide(picture: Picture, longest: number): Picture {
  const { width, height } = sizeWithLongestSide(picture.width, picture.height, longest);
  return resize(picture, width, height);
}
