/** What the studio needs, as it is under Node; jobs in threads are for the tests of the built command. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ImpastoError } from "../errors.ts";
import { decodePicture } from "../image/decode.node.ts";
import type { Picture } from "../image/picture.ts";
import { openNodePlatform } from "./platform.node.ts";

const folder = mkdtempSync(join(tmpdir(), "impasto-platform-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (more: object = {}) =>
  openNodePlatform({
    folder: join(folder, "studio"),
    software: "impasto 1",
    signal: new AbortController().signal,
    environment: { IMPASTO_CACHE: join(folder, "cache") },
    ...more,
  });

/** From black to white, row by row. */
const ramp = (width: number, height: number): Picture => ({
  width,
  height,
  rgb: Float32Array.from({ length: 3 * width * height }, (_, index) => ((index % width) + 0.5) / width),
});

test("It says what it computes on, with how much, and which networks there are", async () => {
  const { about } = await open({ threads: 2, memory: 3e9 });
  expect(about).toMatchObject({
    kind: "server",
    machine: "2 threads of the processor",
    memory: 3e9,
    size: 512,
    folder: join(folder, "studio"),
  });
  expect(about.networks).toEqual([
    { name: "built-in", ready: true },
    { name: "vgg19", ready: false, fetch: 80_134_624 },
  ]);
});

test("A picture goes into a file and comes out again to the last bit, with its recipe", async () => {
  const { encode, readPicture, readRecipe } = await open();
  const bytes = await encode(ramp(32, 8), { recipe: '{"seed":1}' });
  const { picture, facts } = await readPicture(bytes, "ramp.png");
  expect(facts).toEqual({ name: "ramp.png", checksum: expect.stringMatching(/^[\da-f]{64}$/) });
  expect(await encode(picture, { recipe: '{"seed":1}' })).toEqual(bytes);
  expect(await readRecipe(bytes)).toBe('{"seed":1}');
  expect(await readRecipe(await encode(picture, {}))).toBeUndefined();
});

test("What is no picture, or one of a kind that could run something, is refused in a sentence", async () => {
  const { readPicture } = await open();
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  for (const text of ["", "text", svg, "<html></html>", "%PDF-1.4"]) {
    const bytes = new TextEncoder().encode(text);
    await expect(readPicture(bytes, "given.png")).rejects.toThrow(ImpastoError);
  }
});

test("A preview is a small JPEG of the whole picture, or a WebP where it can be seen through", async () => {
  const { encodePreview } = await open();
  const small = await encodePreview(ramp(64, 32));
  expect(small.type).toBe("image/jpeg");
  const shown = await decodePicture(new Uint8Array(await small.arrayBuffer()), "preview");
  expect(shown).toMatchObject({ width: 64, height: 32 });
  expect(Math.abs((shown.rgb[40] ?? 0) - 40.5 / 64)).toBeLessThan(0.03);
  const large = await encodePreview(ramp(4096, 16));
  expect(await decodePicture(new Uint8Array(await large.arrayBuffer()), "preview")).toMatchObject({
    width: 2048,
    height: 8,
  });
  const glass = await encodePreview({ ...ramp(8, 8), alpha: new Float32Array(64).fill(0.5) });
  expect(glass.type).toBe("image/webp");
});

test("A file that is not VGG-19's weights is refused, and not kept", async () => {
  const platform = await open();
  await expect(platform.addWeights?.(new Blob(["nothing"]), "vgg19.h5")).rejects.toThrow(
    /neither HDF5 nor safetensors/,
  );
  expect(platform.about.networks[1]?.ready).toBe(false);
});
