import { expect, test } from "vitest";
import { MisuseError } from "../errors.ts";
import { jobOf } from "../job/recipe.ts";
import { outputName, storageName } from "./names.ts";
import { idOf, payloadOf, readPayload } from "./payload.ts";

const CHECKSUM = "a".repeat(64);
const named = (name: string) => ({ name, checksum: CHECKSUM });
const ENGINE = {
  network: { name: "built-in", checksum: "b".repeat(64) },
  runtime: { device: "cpu" as const, threads: 1 },
};
const job = jobOf(
  { content: named("cat.png"), styles: [{ ...named("waves.png"), weight: 1 }] },
  { size: 64 },
  { width: 80, height: 60 },
  ENGINE,
);
const output = "out/cat.png";
const queued = { id: idOf(job, output), job, output, files: { [CHECKSUM]: "photos/cat.png" } };
const asWritten = (): unknown => JSON.parse(JSON.stringify(payloadOf(queued)));

test("a job comes back from a queue as it was put there", () => {
  expect(readPayload(asWritten(), queued.id)).toEqual(queued);
});

test("a job's number is its picture's and its output's, wherever it is computed and whatever its inputs are called", () => {
  const elsewhere = { ...job, device: "cuda" as const, options: { ...job.options, threads: 8 } };
  expect(idOf(elsewhere, output)).toBe(queued.id);
  expect(idOf({ ...job, content: named("dog.png") }, output)).toBe(queued.id);
  expect(idOf(job, "out/dog.png")).not.toBe(queued.id);
  expect(idOf({ ...job, options: { ...job.options, seed: 7 } }, output)).not.toBe(queued.id);
});

test.each([
  ["no object", "a picture, please", /no job/],
  ["another version's", { version: 2 }, /version/],
  ["one without inputs", { files: {} }, /does not say where "cat\.png" is/],
  ["an output outside", { output: "../cat.png" }, /inside the storage/],
  ["an output among checkpoints", { output: ".impasto/cat.png" }, /outside \.impasto/],
  ["an output that is no picture", { output: "out/cat.exe" }, /\.png/],
  ["an input outside", { files: { [CHECKSUM]: "/etc/passwd" } }, /inside the storage/],
  ["another output than it was put there with", { output: "out/dog.png" }, /was changed on the queue/],
  ["a job that is none", { job: { options: {} } }, /cannot be run/],
])("%s is refused", (_, change, message) => {
  const written = asWritten();
  const data = typeof change === "string" ? change : Object.assign({}, written, change);
  expect(() => readPayload(data, queued.id)).toThrow(MisuseError);
  expect(() => readPayload(data, queued.id)).toThrow(message);
});

test("names stay inside a storage, on every system", () => {
  for (const name of ["a.png", "photos/2026/ä b (1).jpg", "..a/b..", ".impasto/x.run"]) {
    expect(storageName.safeParse(name).success, name).toBe(true);
  }
  const wrong = ["", "/a", "a/", "a//b", "./a", "a/../b", "..", "C:a", "a\\b", "a\nb", "x".repeat(1025)];
  for (const name of wrong) expect(storageName.safeParse(name).success, name).toBe(false);
  expect(outputName.safeParse(".impasto/x.png").success).toBe(false);
});
