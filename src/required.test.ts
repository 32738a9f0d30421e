import { expect, it } from "vitest";
import { required } from "./required.ts";

it("What is required is given where it is there, whatever it is", () => {
  for (const value of [0, "", false, null, Number.NaN]) expect(required(value, "value")).toBe(value);
});

it("What is required and not there is named", () => {
  expect(() => required(undefined, "gradient of x")).toThrow(new TypeError("There is no gradient of x"));
});
