/**
 * From pictures to files in a browser: PNG, to the last bit, with the recipe inside.
 * @module
 */
import { DISPLAY_P3 } from "./cicp.ts";
import { encodePng } from "./encode-png.ts";
import { checkFits } from "./format.ts";
import type { Picture } from "./picture.ts";
import { type PngChunk, pngChunks } from "./png-chunks.ts";
import { recipeChunks } from "./recipe-chunks.ts";
import type { Depth } from "./samples.ts";

/** How a picture is encoded. */
export interface EncodeOptions {
  /** JSON to carry along, as XMP and in an `iTXt` chunk named `impasto`. */
  readonly recipe?: string | undefined;
  /** Bits a channel. @default 8 */
  readonly depth?: Depth | undefined;
}

/**
 * Encodes a picture as a PNG. Values are clamped to [0, 1] and rounded, halves up; a picture of Display P3 says so.
 * @returns The file's bytes.
 * @throws MisuseError when a PNG cannot hold so large a picture.
 * @example
 * const file = new Blob([await encodePicture(picture, "png", { recipe: '{"seed":1}' })], { type: "image/png" });
 */
export async function encodePicture(
  picture: Picture,
  format: "png",
  { recipe, depth = 8 }: EncodeOptions = {},
): Promise<Uint8Array> {
  checkFits(format, picture.width, picture.height);
  const texts = recipe === undefined ? [] : recipeChunks(recipe);
  return encodePng(picture, depth, [
    ...(picture.profile === undefined ? [] : await displayP3Chunks()),
    ...texts,
  ]);
}

/** Code points for programs that know them, which are the exact ones, and for all others the profile that the browser writes. */
async function displayP3Chunks(): Promise<readonly Pick<PngChunk, "type" | "data">[]> {
  const canvas = new OffscreenCanvas(1, 1);
  canvas.getContext("2d", { colorSpace: "display-p3" });
  const png = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  const profile = [...pngChunks(png)].filter(({ type }) => type === "iCCP");
  return [{ type: "cICP", data: Uint8Array.from(DISPLAY_P3) }, ...profile];
}
