import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { encodePicture } from "../src/image/encode.node.ts";
import { problemsAtTheEnd, problemsIn } from "./check.ts";
import { makePlace, type Place } from "./place.ts";
import type { Work } from "./works.ts";

const earlier = Buffer.from("an earlier picture");
const picture = { width: 4, height: 4, rgb: new Float32Array(48).fill(0.5) };
const result = Buffer.from(await encodePicture(picture, "png", { recipe: '{"stopped":false}' }));

const work: Work = {
  name: "work",
  files: new Map([
    ["photo.png", Buffer.from("a photograph")],
    ["out.png", earlier],
  ]),
  words: () => [],
  isOutput: (name) => name.startsWith("out"),
  results: new Map([["out.png", result]]),
  pace: { milliseconds: 1 },
};

let place: Place;
beforeEach(() => {
  place = makePlace(work.files, false);
});
afterEach(() => place.remove());

const put = (name: string, bytes: Uint8Array): void => writeFileSync(join(place.folder, name), bytes);

it("Before and after its picture is written, work that was struck has no problems", async () => {
  expect(await problemsIn(work, place)).toEqual([]);
  put("out.png", result);
  expect(await problemsIn(work, place)).toEqual([]);
  expect(problemsAtTheEnd(work, place)).toEqual([]);
});

it("Half a picture, one without its recipe, and an input that was touched are told", async () => {
  put("out.png", result.subarray(0, result.length / 2));
  put("out-2.png", await encodePicture(picture, "png"));
  put("photo.png", Buffer.from("something else"));
  const problems = await problemsIn(work, place);
  expect(problems).toHaveLength(3);
  expect(problems).toEqual(expect.arrayContaining([expect.stringMatching(/^photo\.png is not as it was/)]));
});

it("At the end another picture than without blows is told, and what is left over", () => {
  put("out.png", earlier);
  put(".impasto-12345678-abcdef00", result);
  expect(problemsAtTheEnd(work, place)).toEqual([
    "out.png is another picture than without blows",
    ".impasto-12345678-abcdef00 is left over",
  ]);
});
