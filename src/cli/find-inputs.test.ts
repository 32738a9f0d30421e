import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { MisuseError } from "../errors.ts";
import { findInputs, type Places } from "./find-inputs.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-find-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const checksumOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const photo = { name: "photo.png", checksum: checksumOf("the photograph") };
const painting = { name: "painting.png", checksum: checksumOf("the painting") };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, "case-"));
  for (const below of ["one", "two/deep"]) mkdirSync(join(folder, below), { recursive: true });
});

/** Writes a file, and returns its path. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const find = async (places: Partial<Places>, wanted = [photo]) => {
  const told: string[] = [];
  const found = await findInputs(wanted, { folders: [], ...places }, (text) => told.push(text));
  return wanted.map(({ checksum }) => found.get(checksum)?.path);
};

/** What holds the photograph, with a letter that is another. */
const DAMAGED = { by: "run.ckpt", files: { [photo.checksum]: Buffer.from("the photogruph") } };

describe("A file of a job is found", () => {
  test("where it was, or else by its name, in this order", async () => {
    const [beside, before] = [file("one/photo.png", "the photograph"), file("before.dat", "the photograph")];
    const paths = new Map([[photo.checksum, before]]);
    const folders = [join(folder, "two"), join(folder, "one")];
    expect(await find({ paths, folders })).toEqual([before]);
    writeFileSync(before, "changed");
    expect(await find({ paths, folders })).toEqual([beside]);
  });

  test("under another name, by its checksum alone", async () => {
    file("one/photo.png", "another photograph");
    const renamed = file("one/cat.jpg", "the photograph");
    const folders = [join(folder, "one")];
    expect(await find({ folders }, [photo, photo])).toEqual([renamed, renamed]);
  });

  test("below the folder to find it in, and there alone", async () => {
    const deep = file("two/deep/photo.png", "the photograph");
    expect(await find({ find: folder })).toEqual([deep]);
    await expect(find({ folders: [folder] })).rejects.toThrow(MisuseError);
  });

  test("in memory, where it is held", async () => {
    const bytes = Buffer.from("the photograph");
    const held = { by: "run.ckpt", files: { [photo.checksum]: bytes } };
    const found = await findInputs([photo], { held, folders: [] }, () => {});
    expect(found.get(photo.checksum)).toEqual({ path: "photo.png", bytes });
  });

  test("where it was, if what is held is damaged, with a word", async () => {
    const before = file("one/photo.png", "the photograph");
    const told: string[] = [];
    const found = await findInputs(
      [photo],
      { held: DAMAGED, paths: new Map([[photo.checksum, before]]), folders: [] },
      (text) => told.push(text),
    );
    expect(found.get(photo.checksum)).toEqual({ path: before });
    expect(told).toEqual([`The copy of "photo.png" in "run.ckpt" is damaged; "${before}" is read.`]);
  });
});

describe("What is not found", () => {
  test("is told all at once, by names and checksums, with the file that is another now", async () => {
    const changed = file("one/photo.png", "changed");
    file("one/painting.txt", "the painting");
    const wanted = [photo, painting, photo];
    await expect(find({ folders: [join(folder, "one")] }, wanted)).rejects.toThrow(
      new MisuseError(
        `Not found: "photo.png" (SHA-256 ${photo.checksum}), for "${changed}" is another file (SHA-256 ${checksumOf("changed")}); "painting.png" (SHA-256 ${painting.checksum}): put them back, or name a folder to look into with --find.`,
      ),
    );
  });

  test("is told with what holds it and is damaged", async () => {
    const what = `Not found: "photo.png" (SHA-256 ${photo.checksum}), for`;
    const copy = 'its copy in "run.ckpt" is damaged: put it back, or name a folder to look into with --find.';
    await expect(find({ held: DAMAGED })).rejects.toThrow(new MisuseError(`${what} ${copy}`));
    const changed = file("one/photo.png", "changed");
    await expect(find({ held: DAMAGED, folders: [join(folder, "one")] })).rejects.toThrow(
      new MisuseError(`${what} "${changed}" is another file (SHA-256 ${checksumOf("changed")}) and ${copy}`),
    );
  });

  test("is not looked for in what is no folder", async () => {
    await expect(find({ find: join(folder, "nowhere") })).rejects.toThrow(
      `Expected a folder for --find but received "${join(folder, "nowhere")}".`,
    );
  });
});
