import { link, mkdir, mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSameFile } from "./place.node.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "impasto-"));
  await writeFile(join(folder, "cat.png"), "cat");
  await writeFile(join(folder, "twin.png"), "cat");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const same = (one: string, other: string): Promise<boolean> =>
  isSameFile(join(folder, one), `${folder}/${other}`);

describe.skipIf(process.platform === "win32")("two paths mean one file", () => {
  it("however they are spelled, through links of both kinds, and whether it is there or not", async () => {
    await mkdir(join(folder, "sub"));
    await symlink("../cat.png", join(folder, "sub", "soft.png"));
    await link(join(folder, "cat.png"), join(folder, "hard.png"));
    await symlink("sub", join(folder, "folder"));
    await symlink("sub/new.png", join(folder, "dangling.png"));
    expect(await same("cat.png", ".//sub/../cat.png")).toBe(true);
    expect(await same("cat.png", "folder/soft.png")).toBe(true);
    expect(await same("cat.png", "hard.png")).toBe(true);
    expect(await same("dangling.png", "folder/new.png")).toBe(true);
    expect(await same("none/x.png", "none/./x.png")).toBe(true);
  });

  it.skipIf(process.platform !== "linux")("through an open file, too", async () => {
    const file = await open(join(folder, "cat.png"));
    expect(await isSameFile(join(folder, "cat.png"), `/proc/self/fd/${file.fd}`)).toBe(true);
    await file.close();
  });

  it("not where they only hold the same, or only one of them is there", async () => {
    expect(await same("cat.png", "twin.png")).toBe(false);
    expect(await same("cat.png", "none.png")).toBe(false);
    expect(await same("other.png", "none.png")).toBe(false);
  });
});
