import { spawnSync } from "node:child_process";
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ImpastoError, MisuseError } from "../errors.ts";
import { temporaryBeside } from "./replace.node.ts";
import { checkWritable, clearLeftovers, freeName, writeAtomically, writeNew } from "./write.node.ts";

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

  it("writes parts one after another", async () => {
    const path = join(folder, "parts");
    await writeAtomically(path, [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)]);
    expect(new Uint8Array(await readFile(path))).toEqual(bytes);
  });

  it("writes once more where another process took what was half written for left over", async () => {
    const path = join(folder, "cat.png");
    const large = new Uint8Array(2 ** 24).fill(7);
    const written = writeAtomically(path, large);
    while ((await readdir(folder)).length === 0) {}
    await clearLeftovers(path);
    await written;
    expect((await readFile(path)).equals(large)).toBe(true);
    expect(await readdir(folder)).toEqual(["cat.png"]);
  });

  it("writes under the longest name a file can have", async () => {
    const path = join(folder, `${"x".repeat(251)}.png`);
    await checkWritable(path);
    await writeAtomically(path, bytes);
    await writeAtomically(path, bytes);
    expect(new Uint8Array(await readFile(path))).toEqual(bytes);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it.skipIf(process.platform === "win32")("keeps the permissions of the file it replaces", async () => {
    const path = join(folder, "cat.png");
    await writeFile(path, "x");
    await chmod(path, 0o640);
    await writeAtomically(path, bytes);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });
});

describe("a disk that takes less than it was given", () => {
  afterEach(() => vi.restoreAllMocks());

  /** Lets files take only the half of what is written, as a disk does that is filling up, and say nothing of it. */
  async function halveWrites(): Promise<void> {
    const file = await open(join(folder, "any"), "w");
    const prototype: FileHandle = Object.getPrototypeOf(file);
    vi.spyOn(prototype, "writeFile").mockImplementation(async function (this: FileHandle, data) {
      if (data instanceof Uint8Array) await this.write(data, 0, Math.floor(data.length / 2));
    });
    await file.close();
    await rm(join(folder, "any"));
  }

  it("leaves the file that is there whole, nothing beside it, and is a failure", async () => {
    const path = join(folder, "cat.png");
    await writeFile(path, "before");
    await halveWrites();
    await expect(writeAtomically(path, bytes)).rejects.toThrow(`no space left to write "${path}"`);
    expect(await readFile(path, "utf8")).toBe("before");
    await expect(writeNew(folder, "dog", ".png", bytes)).rejects.toThrow(ImpastoError);
    expect(await readdir(folder)).toEqual(["cat.png"]);
  });
});

describe("a disk that is full", () => {
  let small = "";
  let mounted = false;
  beforeAll(async () => {
    small = await mkdtemp(join(tmpdir(), "impasto-small-"));
    mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", small]).status === 0;
  });
  afterAll(async () => {
    if (mounted) spawnSync("umount", [small]);
    await rm(small, { recursive: true });
  });

  it("leaves the file that is there whole, nothing beside it, and is a failure", async ({ skip }) => {
    skip(!mounted, "needs to mount a small file system, which takes root on Linux");
    const path = join(small, "cat.png");
    await writeAtomically(path, new Uint8Array(20_000).fill(1));
    await expect(writeAtomically(path, new Uint8Array(100_000))).rejects.toThrow("no space left to write");
    expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(20_000).fill(1));
    expect(await readdir(small)).toEqual(["cat.png"]);
  });
});

describe.skipIf(process.platform === "win32")("an output that is a link", () => {
  it("stays one, and what it leads to is written, whether it is there yet or not", async () => {
    await mkdir(join(folder, "far", "away"), { recursive: true });
    await symlink("away", join(folder, "far", "near"));
    await symlink("../target.png", join(folder, "far", "away", "second.png"));
    const link = join(folder, "first.png");
    await symlink(join("far", "near", "second.png"), link);
    const target = join(folder, "far", "target.png");
    for (const text of ["new", "replaced"]) {
      await checkWritable(link);
      await writeAtomically(link, Buffer.from(text));
      expect(await readFile(target, "utf8")).toBe(text);
      expect((await lstat(link)).isSymbolicLink()).toBe(true);
    }
    expect((await readdir(folder)).sort()).toEqual(["far", "first.png"]);
    expect((await readdir(join(folder, "far"))).sort()).toEqual(["away", "near", "target.png"]);
  });

  it("is refused when it leads into a folder that is not there, or round in a circle", async () => {
    await symlink("none/cat.png", join(folder, "lost.png"));
    await symlink("round.png", join(folder, "round.png"));
    for (const name of ["lost.png", "round.png"]) {
      await expect(checkWritable(join(folder, name))).rejects.toThrow(name);
      await expect(writeAtomically(join(folder, name), bytes)).rejects.toThrow(ImpastoError);
    }
    expect((await readdir(folder)).sort()).toEqual(["lost.png", "round.png"]);
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

describe("clearLeftovers", () => {
  it("removes what was left of writing one file, and nothing else", async () => {
    const [path, other] = [join(folder, "cat.run"), join(folder, "dog.run")];
    const left = [path, path, other].map(temporaryBeside);
    for (const file of [path, ...left]) await writeFile(file, "x");
    await clearLeftovers(path);
    expect((await readdir(folder)).sort()).toEqual([basename(left[2] ?? ""), "cat.run"].sort());
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

  it("has no file of that name until it is whole, for it may be killed at any moment", async () => {
    const path = join(folder, "cat.png");
    const large = new Uint8Array(2 ** 24).fill(7);
    const lengths = new Set<number | undefined>();
    const isWritten = writeNew(folder, "cat", ".png", large).then(() => true);
    const soon = async (): Promise<boolean> => {
      lengths.add((await stat(path).catch(() => undefined))?.size);
      return false;
    };
    while (!(await Promise.race([isWritten, soon()]))) {}
    lengths.add((await stat(path)).size);
    expect([...lengths]).toEqual([undefined, large.length]);
    expect(await readdir(folder)).toEqual(["cat.png"]);
  });

  it("leaves nothing behind when writing fails", async () => {
    await expect(writeNew(folder, "x".repeat(300), ".png", bytes)).rejects.toThrow(MisuseError);
    await expect(writeNew(join(folder, "none"), "cat", ".png", bytes)).rejects.toThrow(MisuseError);
    expect(await readdir(folder)).toEqual([]);
  });
});
