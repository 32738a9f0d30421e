import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { MisuseError } from "../errors.ts";
import { folderStorage } from "./folder-storage.ts";
import { StorageError } from "./storage.ts";

const folder = mkdtempSync(join(tmpdir(), "impasto-storage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const storage = folderStorage(folder);
const bytes = (text: string) => [Buffer.from(text)];

test("A folder is a storage once it was marked as one, and no other folder is", async () => {
  await expect(storage.check()).rejects.toThrow(StorageError);
  await storage.mark();
  await storage.check();
  await expect(folderStorage(join(folder, "nowhere")).check()).rejects.toThrow(/not mounted/);
  await expect(folderStorage(join(folder, "nowhere")).mark()).rejects.toThrow(MisuseError);
});

test("What is written is read, replaced and removed, and nothing else is left", async () => {
  await storage.write(".impasto/a.run", bytes("one"));
  await storage.write(".impasto/a.run", [...bytes("two"), ...bytes("three")]);
  expect(Buffer.from((await storage.read(".impasto/a.run")) ?? []).toString()).toBe("twothree");
  await storage.remove(".impasto/a.run");
  await storage.remove(".impasto/a.run");
  expect(await storage.read(".impasto/a.run")).toBeUndefined();
  expect(readdirSync(join(folder, ".impasto"))).toEqual(["storage"]);
});

test("A result's folder has to be there, which is known before the work", async () => {
  await expect(storage.lookAt("out/a.png")).rejects.toThrow(/no folder ".*out"/);
  await expect(storage.write("out/a.png", bytes("x"), "id")).rejects.toThrow(MisuseError);
  mkdirSync(join(folder, "out"));
  expect(await storage.lookAt("out/a.png")).toBeUndefined();
  expect(readdirSync(join(folder, "out"))).toEqual([]);
});

test("What is no result of impasto's is known as such", async () => {
  writeFileSync(join(folder, "out", "mine.png"), "mine");
  expect(await storage.lookAt("out/mine.png")).toEqual({ isResult: false });
});

test("An input that is larger than the memory is the job's fault, not the storage's", async () => {
  writeFileSync(join(folder, "large.jpg"), "x".repeat(100));
  const read = storage.read("large.jpg", 10);
  await expect(read).rejects.toThrow(/larger than/);
  await expect(read).rejects.not.toBeInstanceOf(StorageError);
});
