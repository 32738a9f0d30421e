/**
 * What the other tests of the command line rest on: in this process the command says, writes and exits with what it does as
 * a process of its own.
 */
import { afterAll, expect, test } from "vitest";
import { bytesIn, makeFolders } from "./cli-folders.ts";

const { folder, run, runAsProcess, remove } = makeFolders();
afterAll(remove);

test.each([
  ["what there is to type, where nothing is", [], 0],
  ["help that was asked for", ["sheet", "--help"], 0],
  ["work that fails", ["recipe", "photo.png"], 1],
  ["a request that is wrong", ["photo.png", "painting.png", "--size", "0"], 2],
] as const)(
  "In this process the command says what it says as one, and exits with that code: %s",
  async (_, args, code) => {
    const cwd = await folder("photo.png", "painting.png");
    const ended = await runAsProcess(args, cwd);
    expect(ended.code).toBe(code);
    expect(await run(args, cwd)).toEqual(ended);
  },
);

test("In this process the command makes the picture that it makes as one, to the byte", async () => {
  const cwd = await folder("photo.png", "painting.png");
  const args = [
    "photo.png",
    "painting.png",
    "--size",
    "32",
    "--iterations",
    "2",
    "--threads",
    "1",
    "--quiet",
  ];
  for (const [name, runIt] of [
    ["here.png", run],
    ["process.png", runAsProcess],
  ] as const) {
    expect(await runIt([...args, "-o", name], cwd)).toEqual({ code: 0, stdout: "", stderr: "" });
  }
  expect(bytesIn(cwd, "here.png").equals(bytesIn(cwd, "process.png"))).toBe(true);
});
