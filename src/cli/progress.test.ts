import { expect, it } from "vitest";
import { canRedraw, writeSeconds } from "./progress.ts";

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

it("redraws its line where that works, and on no other terminal", () => {
  const terminal = { isTTY: true, rows: 24, columns: 80 };
  expect(canRedraw(terminal, "xterm")).toBe(true);
  expect(canRedraw(terminal, undefined)).toBe(true);
  expect(canRedraw(terminal, "dumb")).toBe(false);
  expect(canRedraw({ ...terminal, rows: 0 }, "xterm")).toBe(false);
  expect(canRedraw({ ...terminal, columns: 0 }, "xterm")).toBe(false);
  expect(canRedraw({ isTTY: true }, "xterm")).toBe(false);
  expect(canRedraw({}, "xterm")).toBe(false);
});
