import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ImpastoError } from "../errors.ts";
import { readPicture } from "../image/decode.node.ts";
import { temporaryBeside } from "../image/replace.node.ts";
import { openTarget } from "./target.ts";

it("clears away what a process that was killed left of the same result, whether it had a name or not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "impasto-target-"));
  const places = ["named.png", "cat-starry.png"].map((name) => join(folder, name));
  for (const place of places) await writeFile(temporaryBeside(place), "half a picture");
  await openTarget(places[0], []);
  expect(await readdir(folder)).toHaveLength(1);
  await openTarget(undefined, ["cat.jpg", "starry.jpg"], 8, folder);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

it("puts a finished picture elsewhere when its folder has gone meanwhile", async () => {
  const folder = await mkdtemp(join(tmpdir(), "impasto-target-"));
  const target = await openTarget(join(folder, "gone.png"), []);
  await rm(folder, { recursive: true });
  const picture = { width: 2, height: 1, rgb: Float32Array.of(0, 1, 0, 1, 0, 1) };
  const error: unknown = await target.write(picture, "{}").catch((reason: unknown) => reason);
  if (!(error instanceof ImpastoError)) throw new Error(`Expected an ImpastoError, got ${error}`);
  const [, rescued = ""] = /The result is in "([^"]+)"/.exec(error.message) ?? [];
  expect(existsSync(rescued)).toBe(true);
  expect(await readPicture(rescued)).toMatchObject({ width: 2, height: 1 });
  await rm(rescued);
});
