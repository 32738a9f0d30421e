import { describe, expect, it } from "vitest";
import { MisuseError } from "../errors.ts";
import { describeFailure } from "./failure.ts";

describe("describeFailure", () => {
  it.each([
    ["the loader", new Error("libonnxruntime.so.1: failed to map segment from shared object")],
    ["V8", new RangeError("Array buffer allocation failed")],
    ["C++, behind another error", new Error("Session failed", { cause: new Error("std::bad_alloc") })],
  ])("speaks of memory where %s does", (_, error) => {
    expect(describeFailure(error, false)).toEqual({
      exitCode: 1,
      message: expect.stringMatching(
        /^impasto: There is too little memory \(.*\); allow this process more\.$/,
      ),
    });
  });

  it("says how to get weights where they are missing", () => {
    const error = new MisuseError("nowhere.h5 does not exist; name a file of weights", { lacks: "weights" });
    expect(describeFailure(error, false)).toEqual({
      exitCode: 2,
      message:
        "impasto: nowhere.h5 does not exist; name a file of weights; `impasto weights fetch` gets VGG-19's weights.",
    });
  });

  it("says of other surprises where to look", () => {
    expect(describeFailure(new TypeError("x is not a function"), false).message).toBe(
      "impasto: Unexpected failure: x is not a function (--debug shows where).",
    );
  });
});
