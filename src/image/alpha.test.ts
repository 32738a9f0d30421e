import { describe, expect, it } from "vitest";
import { MisuseError } from "../errors.ts";
import { overMeanColour, withAlpha } from "./alpha.ts";

const rgb = Float32Array.of(1, 0, 0.5, 0, 0, 1);

describe("overMeanColour", () => {
  it("returns an opaque picture as it is", () => {
    const picture = { width: 2, height: 1, rgb };
    expect(overMeanColour(picture)).toBe(picture);
  });

  it("shows the mean of what is visible through what is not", () => {
    const opaque = overMeanColour({ width: 2, height: 1, rgb, alpha: Float32Array.of(1, 0) });
    expect(opaque).toEqual({ width: 2, height: 1, rgb: Float32Array.of(1, 1, 0.5, 0.5, 0, 0) });
  });

  it("weighs the mean by alpha and mixes by alpha", () => {
    const { rgb: mixed } = overMeanColour({ width: 2, height: 1, rgb, alpha: Float32Array.of(0.75, 0.25) });
    // Red: mean 0.75; 0.75·1 + 0.25·0.75 and 0.25·0 + 0.75·0.75.
    expect([...mixed.slice(0, 2)]).toEqual([0.9375, 0.5625]);
  });

  it("lays a wholly transparent picture over grey", () => {
    const { rgb: grey } = overMeanColour({ width: 2, height: 1, rgb, alpha: new Float32Array(2) });
    expect(grey).toEqual(new Float32Array(6).fill(0.5));
  });
});

describe("withAlpha", () => {
  it("gives a picture an alpha, and takes it away when there is none to give", () => {
    const alpha = Float32Array.of(0, 1);
    const covered = withAlpha({ width: 2, height: 1, rgb }, alpha);
    expect(covered).toEqual({ width: 2, height: 1, rgb, alpha });
    expect(withAlpha(covered, undefined)).toEqual({ width: 2, height: 1, rgb });
  });

  it("refuses an alpha of another size", () => {
    expect(() => withAlpha({ width: 2, height: 1, rgb }, new Float32Array(3))).toThrow(MisuseError);
  });
});
