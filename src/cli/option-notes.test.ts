import { expect, it } from "vitest";
import { parseOptions } from "../transfer/options.ts";
import { resolveSettings } from "../transfer/settings.ts";
import { writeOptionNotes } from "./option-notes.ts";

const notes = (options: Parameters<typeof parseOptions>[0] & object) =>
  writeOptionNotes({ ...options }, resolveSettings(parseOptions(options)));

it.each([
  ["the photograph", { seed: 0 }],
  ["the photograph", { seed: 7, preset: "gatys", init: "content" }],
  ["a picture", { seed: 7, preset: "gatys", init: "start.png" }],
])("A seed that was given is said to change nothing where the start is %s", (start, options) => {
  expect(notes(options)).toEqual([
    `--seed changes nothing, since the start is ${start}: --init noise starts from noise.`,
  ]);
});

it.each([[{}], [{ seed: 7, init: "noise" }], [{ seed: 7, preset: "gatys" }], [{ preset: "notebook" }]])(
  "Of a seed that was not given, or counts, nothing is said: %j",
  (options) => expect(notes(options)).toEqual([]),
);
