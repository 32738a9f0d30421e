import { describe, expect, it } from "vitest";
import { MisuseError } from "../errors.ts";
import { parseStyles } from "./style-arguments.ts";

const parse = (text: string, ...files: string[]) => parseStyles([text], (path) => files.includes(path))[0];

describe("parseStyles", () => {
  it.each([
    ["a.jpg", "a.jpg", 1],
    ["a.jpg:2", "a.jpg", 2],
    ["a.jpg:.5", "a.jpg", 0.5],
    ["a.jpg:1e-2", "a.jpg", 0.01],
    ["C:\\a.jpg", "C:\\a.jpg", 1],
    ["C:\\a.jpg:3", "C:\\a.jpg", 3],
    ["a:b:3", "a:b", 3],
  ])("reads %s, whether the file is there or not", (text, path, weight) => {
    expect(parse(text)).toEqual({ path, weight });
    expect(parse(text, path)).toEqual({ path, weight });
  });

  it("takes a file of the whole name where there is one", () => {
    expect(parse("a.jpg:2", "a.jpg", "a.jpg:2")).toEqual({ path: "a.jpg:2", weight: 1 });
  });

  it.each([
    "a.jpg:",
    "a.jpg:x",
    "a.jpg:NaN",
    "a.jpg:-1",
    "a.jpg:0x2",
    "a.jpg:Infinity",
    "a.jpg:1e999",
    "a.jpg:0",
  ])("refuses the weight in %s", (text) => {
    expect(() => parse(text, "a.jpg")).toThrow(MisuseError);
  });

  it("allows a weight of 0 beside another", () => {
    expect(parseStyles(["a:0", "b"], () => false)).toEqual([
      { path: "a", weight: 0 },
      { path: "b", weight: 1 },
    ]);
  });
});
