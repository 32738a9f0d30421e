import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MisuseError } from "../errors.ts";
import { cacheFolderOf, locateWeights, whereWeights } from "./locate.node.ts";
import { PUBLIC_FILE } from "./public-file.ts";

const folder = mkdtempSync(join(tmpdir(), "impasto-locate-"));
const cached = join(folder, PUBLIC_FILE);
const own = join(folder, "own.h5");
const empty = join(folder, "empty");
writeFileSync(cached, "x");
writeFileSync(own, "x");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("weights", () => {
  it("are those IMPASTO_WEIGHTS names, before the cache's", () => {
    const env = { IMPASTO_WEIGHTS: own, IMPASTO_CACHE: folder };
    expect(locateWeights(env)).toEqual({ path: own, from: "IMPASTO_WEIGHTS" });
    const named = { IMPASTO_WEIGHTS: relative(process.cwd(), own) };
    expect(locateWeights(named)).toEqual({ path: own, from: "IMPASTO_WEIGHTS" });
  });

  it("are the cache's if IMPASTO_WEIGHTS is unset or empty", () => {
    expect(locateWeights({ IMPASTO_CACHE: folder })).toEqual({ path: cached, from: "cache" });
    expect(locateWeights({ IMPASTO_WEIGHTS: "", IMPASTO_CACHE: folder })).toEqual({
      path: cached,
      from: "cache",
    });
  });

  it("are undefined if there are none", () => {
    expect(locateWeights({ IMPASTO_CACHE: empty })).toBeUndefined();
    expect(locateWeights({ IMPASTO_CACHE: own })).toBeUndefined();
  });

  it("are never the cache's if IMPASTO_WEIGHTS names a missing file or a folder", () => {
    const missing = { IMPASTO_WEIGHTS: join(folder, "gone.h5"), IMPASTO_CACHE: folder };
    expect(() => locateWeights(missing)).toThrow(MisuseError);
    expect(() => locateWeights(missing)).toThrow(
      /IMPASTO_WEIGHTS names a file that does not exist, .*gone\.h5/,
    );
    expect(() => locateWeights({ ...missing, IMPASTO_WEIGHTS: folder })).toThrow(/names a folder/);
    expect(whereWeights(missing).located).toBeUndefined();
  });

  it("are accounted for place by place", () => {
    expect(whereWeights({ IMPASTO_CACHE: folder })).toEqual({
      places: [
        { from: "IMPASTO_WEIGHTS", path: undefined, found: false },
        { from: "cache", path: cached, found: true },
      ],
      cacheFolder: folder,
      located: { path: cached, from: "cache" },
    });
  });

  it("are cached in a folder of the operating system's called impasto by default", () => {
    expect(isAbsolute(cacheFolderOf({}))).toBe(true);
    expect(cacheFolderOf({})).toMatch(/impasto/);
    expect(cacheFolderOf({})).not.toMatch(/nodejs/);
  });
});
