import { describe, expect, it } from "vitest";
import { MisuseError } from "../errors.ts";
import { checkFits, formatOfPath } from "./format.ts";

describe("formatOfPath", () => {
  it.each([
    ["cat.png", "png"],
    ["a.b/cat.JPG", "jpeg"],
    ["cat.jpeg", "jpeg"],
    ["cat.gif.webp", "webp"],
    ["C:\\cat.tif", "tiff"],
    ["cat.TIFF", "tiff"],
  ])("reads %s as %s", (path, format) => {
    expect(formatOfPath(path)).toBe(format);
  });

  it.each(["cat.bmp", "cat", "cat.", "folder.png/cat", "", "cat.constructor"])(
    "refuses %j and lists what there is",
    (path) => {
      expect(() => formatOfPath(path)).toThrow(MisuseError);
      expect(() => formatOfPath(path)).toThrow(
        `.png, .jpg, .jpeg, .webp, .tif, .tiff but received "${path}"`,
      );
    },
  );
});

describe("checkFits", () => {
  it("refuses sides that a format's header cannot state", () => {
    expect(() => checkFits("webp", 16_384, 16)).toThrow("16384×16");
    expect(() => checkFits("jpeg", 16, 65_536)).toThrow(MisuseError);
    expect(() => checkFits("png", 65_536, 65_536)).not.toThrow();
    expect(() => checkFits("jpeg", 65_535, 16)).not.toThrow();
  });
});
