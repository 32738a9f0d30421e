import { expect, test } from "vitest";
import { colours } from "../../test/narrow-engine.ts";
import { encodePicture as encodeUnderNode } from "./encode.node.ts";
import { encodePicture } from "./encode.web.ts";
import { pngChunks, writePng } from "./png-chunks.ts";
import { unicodeText } from "./png-text.ts";
import { findRecipe } from "./recipe.web.ts";
import { writeXmp, XMP_KEYWORD } from "./xmp.ts";

const RECIPE = '{"name":"Größe <&> 猫"}';
const picture = colours(8, 6, 1);

test("The recipe of a PNG is found as it was given", async () => {
  expect(await findRecipe(await encodePicture(picture, "png", { recipe: RECIPE }))).toBe(RECIPE);
});

test.each(["jpeg", "webp"] as const)("The recipe of a %s is found by its XMP", async (format) => {
  expect(await findRecipe(await encodeUnderNode(picture, format, { recipe: RECIPE }))).toBe(RECIPE);
});

test("The recipe is found in the XMP of a PNG where only that was kept, compressed as well", async () => {
  const own = [...pngChunks(await encodePicture(picture, "png"))];
  const [header, ...rest] = own;
  const packet = unicodeText(XMP_KEYWORD, writeXmp(RECIPE));
  expect(await findRecipe(writePng([header, packet, ...rest]))).toBe(RECIPE);
  const text = new TextEncoder().encode(writeXmp(RECIPE));
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate"));
  const head = new TextEncoder().encode(`${XMP_KEYWORD}\0\u0001\0\0\0`);
  const compressed = new Uint8Array(
    await new Blob([head, await new Response(stream).arrayBuffer()]).arrayBuffer(),
  );
  expect(await findRecipe(writePng([header, { type: "iTXt", data: compressed }, ...rest]))).toBe(RECIPE);
});

test("There is no recipe in other pictures, in damaged texts, and in what is none", async () => {
  expect(await findRecipe(await encodePicture(picture, "png"))).toBeUndefined();
  expect(await findRecipe(new Uint8Array(40))).toBeUndefined();
  const damaged = new TextEncoder().encode("impasto\0\u0001\0\0\0not deflated");
  expect(await findRecipe(writePng([{ type: "iTXt", data: damaged }]))).toBeUndefined();
});
