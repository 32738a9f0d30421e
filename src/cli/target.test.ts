import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ImpastoError } from "../errors.ts";
import { readPicture } from "../image/decode.node.ts";
import { openTarget } from "./target.ts";

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
