import { expect, it } from "vitest";
import { writeSeconds } from "./progress.ts";

it.each([
  [0.2, "0 s"],
  [59.4, "59 s"],
  [59.6, "1 min 00 s"],
  [65, "1 min 05 s"],
  [3599.7, "1 h 00 min"],
  [3780, "1 h 03 min"],
])("writes %d seconds as %s", (seconds, text) => {
  expect(writeSeconds(seconds)).toBe(text);
});
