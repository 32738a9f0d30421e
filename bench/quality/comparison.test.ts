import { describe, expect, test } from "vitest";
import { compare, passes, styleDistance } from "./comparison.ts";
import { type Scores, STYLE_LAYERS } from "./scores.ts";

const scores = (content: number, w2: readonly number[]): Scores => {
  const byLayer = (values: readonly number[]) => {
    const [conv1_1 = 0, conv2_1 = 0, conv3_1 = 0, conv4_1 = 0, conv5_1 = 0] = values;
    return { conv1_1, conv2_1, conv3_1, conv4_1, conv5_1 };
  };
  return { content, style: byLayer([]), w2: byLayer(w2), tv: 0, total: 0 };
};
const peer = scores(100, [1, 2, 3, 4, 5]);

describe("A comparison", () => {
  test("divides content and style, layer by layer", () => {
    const { content, w2, worstW2 } = compare(scores(110, [0.5, 1, 3, 8, 10]), peer);
    expect(content).toBeCloseTo(1.1, 12);
    expect(w2).toBeCloseTo((0.5 * 0.5 * 1 * 2 * 2) ** (1 / STYLE_LAYERS.length), 12);
    expect(worstW2).toBe(2);
  });

  test("passes up to the limits, each of which counts alone", () => {
    expect(passes({ content: 1.1, w2: 1, worstW2: 1.5 })).toBe(true);
    expect(passes({ content: 1.11, w2: 1, worstW2: 1.5 })).toBe(false);
    expect(passes({ content: 1.1, w2: 1.01, worstW2: 1.5 })).toBe(false);
    expect(passes({ content: 1.1, w2: 1, worstW2: 1.51 })).toBe(false);
  });

  test("does not depend on who is compared first, but for the sign of the logarithm", () => {
    const other = scores(80, [2, 1, 3, 1, 5]);
    expect(compare(other, peer).w2 * compare(peer, other).w2).toBeCloseTo(1, 12);
  });
});

test("The style distance of a picture is the geometric mean of its layers'", () => {
  expect(styleDistance(scores(1, [1, 10, 100, 1000, 10000]))).toBeCloseTo(100, 9);
});
