import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ImpastoError, MisuseError } from "../errors.ts";
import { checkWritable, freeName, writeAtomically, writeNew } from "./write.node.ts";

const bytes = Uint8Array.of(1, 2, 3);
const isRoot = process.getuid?.() === 0;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "impasto-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("writeAtomically", () => {
  it("creates a file and replaces it, leaving nothing beside it", async () => {
    const path = join(folder, "cat.png");
    await writeAtomically(path, Uint8Array.of(9, 9));
    await writeAtomically(path, bytes);
    expect(new Uint8Array(await readFile(path))).toEqual(bytes);
    expect(await readdir(folder)).toEqual(["cat.png"]);
  });

  it("writes only the bytes of a view, not the buffer behind it", async () => {
    const path = join(folder, "view");
    await writeAtomically(path, new Uint8Array(10).fill(7).subarray(2, 4));
    expect([...(await readFile(path))]).toEqual([7, 7]);
  });

  it("leaves an existing file and its folder as they were when writing fails", async () => {
    const path = join(folder, `${"x".repeat(250)}.png`); // a name with no room for a temporary one beside it
    await writeFile(path, "before");
    await expect(writeAtomically(path, bytes)).rejects.toThrow(ImpastoError);
    expect(await readFile(path, "utf8")).toBe("before");
    expect(await readdir(folder)).toHaveLength(1);
  });
});

describe.each([
  ["checkWritable", checkWritable],
  ["writeAtomically", (path: string) => writeAtomically(path, bytes)],
])("%s", (_, attempt) => {
  async function expectRefusal(path: string, said: string): Promise<void> {
    const before = await readdir(folder);
    await expect(attempt(path)).rejects.toThrow(MisuseError);
    await expect(attempt(path)).rejects.toThrow(said);
    expect(await readdir(folder)).toEqual(before);
  }

  it("refuses a folder that does not exist, and does not create it", () =>
    expectRefusal(join(folder, "none", "cat.png"), "folders are not created"));

  it("refuses a folder that is a file", async () => {
    await writeFile(join(folder, "file"), "x");
    await expectRefusal(join(folder, "file", "cat.png"), "is not a folder");
  });

  it("refuses a target that is a folder", async () => {
    await mkdir(join(folder, "cat.png"));
    await expectRefusal(join(folder, "cat.png"), "is a folder");
  });

  it("refuses a name that no file can have", () =>
    expectRefusal(join(folder, `${"x".repeat(300)}.png`), "is not a name"));

  it.skipIf(process.platform === "win32")("refuses a device, even through a link", async () => {
    await expectRefusal("/dev/null", "is not a plain file");
    await symlink("/dev/null", join(folder, "cat.png"));
    await expectRefusal(join(folder, "cat.png"), "is not a plain file");
  });

  it.skipIf(process.platform !== "linux")("refuses a folder that takes no files", () =>
    expectRefusal("/proc/cat.png", "/proc/cat.png"),
  );

  it.skipIf(isRoot)("refuses a folder and a file that are write-protected", async () => {
    const path = join(folder, "cat.png");
    await writeFile(path, "x", { mode: 0o444 });
    await expectRefusal(path, "may not be written");
    await chmod(folder, 0o555);
    await expectRefusal(join(folder, "new.png"), "may not be written");
    await chmod(folder, 0o755);
  });
});

describe("checkWritable", () => {
  it("leaves nothing behind when all is well, and touches no existing file", async () => {
    const path = join(folder, "cat.png");
    await checkWritable(path);
    expect(await readdir(folder)).toEqual([]);
    await writeFile(path, "before");
    await checkWritable(path);
    expect(await readFile(path, "utf8")).toBe("before");
  });
});

describe("freeName", () => {
  it("adds the first free number, from 2", async () => {
    const name = (): Promise<string> => freeName(folder, "cat-starry", ".png");
    expect(await name()).toBe(join(folder, "cat-starry.png"));
    await writeFile(join(folder, "cat-starry.png"), "");
    expect(await name()).toBe(join(folder, "cat-starry-2.png"));
    await symlink("nowhere", join(folder, "cat-starry-2.png"));
    await mkdir(join(folder, "cat-starry-3.png"));
    expect(await name()).toBe(join(folder, "cat-starry-4.png"));
  });
});

describe("writeNew", () => {
  it("gives every one of many writers at once a file of its own", async () => {
    const writers = Array.from({ length: 12 }, (_, i) => writeNew(folder, "cat", ".png", Uint8Array.of(i)));
    const paths = await Promise.all(writers);
    expect(new Set(paths).size).toBe(12);
    for (const [i, path] of paths.entries()) expect([...(await readFile(path))]).toEqual([i]);
    expect((await readdir(folder)).sort()).toEqual(
      Array.from({ length: 12 }, (_, i) => `cat${i === 0 ? "" : `-${i + 1}`}.png`).sort(),
    );
  });

  it("leaves nothing behind when writing fails", async () => {
    const stem = "x".repeat(250); // a name with no room for a temporary one beside it
    await expect(writeNew(folder, stem, ".png", bytes)).rejects.toThrow(ImpastoError);
    await expect(writeNew(join(folder, "none"), "cat", ".png", bytes)).rejects.toThrow(MisuseError);
    expect(await readdir(folder)).toEqual([]);
  });
});
