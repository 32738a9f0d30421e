/** A folder as a store: names that stay in it, files that are whole, and nothing left of what was not finished. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { MisuseError } from "../errors.ts";
import { temporaryBeside } from "../image/replace.node.ts";
import { openFolderStore } from "./folder-store.node.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-store-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = (): string => join(mkdtempSync(join(root, "one-")), "studio");

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined): string | undefined => found && new TextDecoder().decode(found);

test("What is written is a file of that name, and is read again, also by a store that is opened later", async () => {
  const folder = newFolder();
  const store = await openFolderStore(folder);
  expect(await store.read("runs/4f1c/run.json")).toBeUndefined();
  await store.write("runs/4f1c/run.json", [bytes("first"), bytes(" and second")]);
  expect(text(await store.read("runs/4f1c/run.json"))).toBe("first and second");
  expect(readFileSync(join(folder, ".studio", "runs", "4f1c", "run.json"), "utf8")).toBe("first and second");
  const later = await openFolderStore(folder);
  await later.write("runs/4f1c/run.json", [bytes("third")]);
  expect(text(await store.read("runs/4f1c/run.json"))).toBe("third");
  await store.remove("runs/4f1c/run.json");
  await store.remove("runs/4f1c/run.json");
  expect(await store.read("runs/4f1c/run.json")).toBeUndefined();
});

test("Names are listed in order by how they begin, hidden files and links left out", async () => {
  const folder = newFolder();
  const store = await openFolderStore(folder);
  const names = ["runs/b/run.json", "runs/a/state", "runs/a/run.json", "pace.json"];
  for (const name of names) await store.write(name, [bytes(name)]);
  const inside = join(folder, ".studio");
  writeFileSync(join(inside, ".hidden"), "");
  symlinkSync(join(inside, "pace.json"), join(inside, "runs", "link"));
  expect(await store.list("runs/")).toEqual(["runs/a/run.json", "runs/a/state", "runs/b/run.json"]);
  expect(await store.list("runs/a")).toEqual(["runs/a/run.json", "runs/a/state"]);
  expect(await store.list("pa")).toEqual(["pace.json"]);
  expect(await store.list("")).toHaveLength(4);
  expect(await store.list("nothing/")).toEqual([]);
});

test("What came of runs is to be seen in the folder itself, beside what else people keep there", async () => {
  const folder = newFolder();
  mkdirSync(join(folder, "pictures"), { recursive: true });
  writeFileSync(join(folder, "pictures", "mine.jpg"), "mine");
  writeFileSync(join(folder, "cat.png"), "my cat");
  const store = await openFolderStore(folder);
  await store.write("results/cat – étoile.png", [bytes("a picture")]);
  expect(readdirSync(folder).sort()).toEqual([".studio", "cat – étoile.png", "cat.png", "pictures"]);
  expect(text(await store.read("results/cat – étoile.png"))).toBe("a picture");
  // Whoever looks for a free name has to know what is taken.
  expect(await store.list("results/")).toEqual([
    "results/cat – étoile.png",
    "results/cat.png",
    "results/pictures",
  ]);
  expect(await store.list("pictures/")).toEqual([]);
  await store.remove("results/cat – étoile.png");
  expect(readdirSync(folder).sort()).toEqual([".studio", "cat.png", "pictures"]);
});

test.each([
  "",
  "/etc/passwd",
  "../a",
  "results/../a",
  "results/a/b",
  "runs/../../a",
  "runs//a",
  "a\\b",
  ".session",
  "runs/.a",
  "a\u0000b",
  "NUL",
  "con.png",
  "C:a",
  "a.",
  "a ",
  "x".repeat(201),
])("A name that could lead elsewhere is refused: %j", async (name) => {
  const store = await openFolderStore(newFolder());
  await expect(store.write(name, [bytes("a")])).rejects.toThrow(MisuseError);
  await expect(store.read(name)).rejects.toThrow(MisuseError);
  await expect(store.remove(name)).rejects.toThrow(MisuseError);
});

test("Of writes to one name at once the last one stays, and others do not wait for them", async () => {
  const store = await openFolderStore(newFolder());
  const all = Array.from({ length: 20 }, (_, index) => store.write("run.json", [bytes(String(index))]));
  await Promise.all([...all, store.write("other", [bytes("other")])]);
  expect(text(await store.read("run.json"))).toBe("19");
  void store.write("run.json", [bytes("20")]);
  await store.remove("run.json");
  expect(await store.read("run.json")).toBeUndefined();
});

test("What a killed process was writing is cleared away", async () => {
  const folder = newFolder();
  const store = await openFolderStore(folder);
  await store.write("runs/a/run.json", [bytes("whole")]);
  const inside = join(folder, ".studio");
  const left = [
    temporaryBeside(join(inside, "runs", "a", "run.json")),
    temporaryBeside(join(inside, "given")),
  ];
  // Another program's, for all that is known.
  const foreign = temporaryBeside(join(folder, "cat.png"));
  for (const path of [...left, foreign]) writeFileSync(path, "ha");
  await openFolderStore(folder);
  expect(left.filter(existsSync)).toEqual([]);
  expect(existsSync(foreign)).toBe(true);
  expect(readdirSync(join(inside, "runs", "a"))).toEqual(["run.json"]);
});

test("What cannot be a folder is misuse", async () => {
  const path = newFolder();
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "a file");
  await expect(openFolderStore(path)).rejects.toThrow(/cannot be used as a folder .*--folder/);
});
