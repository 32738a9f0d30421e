import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ImpastoError } from "../errors.ts";
import { type Box, featureBox, leastRegion, partition, reachOf, strideOf } from "./blocks.ts";
import { addTo, cut, ownership, paste } from "./planes.ts";

const MARGIN = 80;
const shapes = fc.record({
  width: fc.integer({ min: 16, max: 5000 }),
  height: fc.integer({ min: 16, max: 5000 }),
  mostPixels: fc.integer({ min: 191 * 191, max: 2_000_000 }),
});

const inside = (inner: Box, outer: Box): boolean =>
  inner.left >= outer.left &&
  inner.top >= outer.top &&
  inner.left + inner.width <= outer.left + outer.width &&
  inner.top + inner.height <= outer.top + outer.height;

describe("The reach of a feature", () => {
  test("is one pixel at conv1_1 and seventy at conv5_1", () => {
    expect(reachOf("conv1_1")).toBe(1);
    expect(reachOf("conv2_1")).toBe(4);
    expect(reachOf("conv5_1")).toBe(70);
    expect(strideOf("conv4_2")).toBe(8);
  });
});

describe("A partition", () => {
  test("owns every feature of every layer exactly once", () => {
    fc.assert(
      fc.property(shapes, ({ width, height, mostPixels }) => {
        const found = partition({ width, height }, ["conv5_1"], mostPixels);
        for (const layer of ["conv1_1", "conv3_4", "conv5_1"] as const) {
          const stride = strideOf(layer);
          const owned = found.blocks.map((block) => featureBox(block.owned, layer));
          const sum = owned.reduce((area, box) => area + box.width * box.height, 0);
          expect(sum).toBe(Math.floor(width / stride) * Math.floor(height / stride));
          const isWhole = owned.every(({ left, top }) => Number.isInteger(left) && Number.isInteger(top));
          expect(isWhole).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("shows each block a margin that only the picture's border cuts off, from an origin on the grid", () => {
    fc.assert(
      fc.property(shapes, ({ width, height, mostPixels }) => {
        const found = partition({ width, height }, ["conv5_1"], mostPixels);
        expect(found.region.width * found.region.height).toBeLessThanOrEqual(mostPixels);
        // All of them at once: there are thousands, and each expectation takes its time.
        const wrong = found.blocks.filter(({ region, owned }) => {
          const isLikeAll = region.width === found.region.width && region.height === found.region.height;
          const isOnGrid = [region.left, region.top, owned.left, owned.top].every((edge) => edge % 16 === 0);
          const [left, top] = [Math.max(0, owned.left - MARGIN), Math.max(0, owned.top - MARGIN)];
          const right = Math.min(width, owned.left + owned.width + MARGIN);
          const bottom = Math.min(height, owned.top + owned.height + MARGIN);
          const hasMargin = inside({ left, top, width: right - left, height: bottom - top }, region);
          const isInPicture = inside(region, { left: 0, top: 0, width, height });
          return !(isLikeAll && isOnGrid && hasMargin && isInPicture);
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  test("widens the margin for layers that see further", () => {
    const { blocks } = partition({ width: 2048, height: 64 }, ["conv5_4"], 40_000);
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks[1].owned.left - blocks[1].region.left).toBeGreaterThanOrEqual(reachOf("conv5_4"));
  });

  test("of a picture that fits is the picture", () => {
    const size = { width: 500, height: 400 };
    const whole = { left: 0, top: 0, ...size };
    expect(partition(size, ["conv5_1"], 200_000).blocks).toEqual([{ region: whole, owned: whole }]);
    expect(partition({ width: 3000, height: 20 }, ["conv5_1"], 60_000).blocks).toHaveLength(1);
    expect(partition({ width: 5, height: 3 }, ["conv1_1"], 60_000).blocks).toHaveLength(1);
  });

  test("is not to be had from regions that are all margin", () => {
    const size = { width: 2000, height: 2000 };
    expect(() => partition(size, ["conv5_1"], 160 * 160)).toThrow(ImpastoError);
    expect(partition(size, ["conv5_1"], leastRegion(["conv5_1"])).blocks.length).toBeGreaterThan(5000);
  });
});

describe("Boxes of planar arrays", () => {
  const size = { width: 4, height: 3 };
  const values = Float32Array.from({ length: 24 }, (_, i) => i);
  const box = { left: 1, top: 1, width: 2, height: 2 };

  test("are cut out of every plane", () => {
    expect([...cut(values, size, box)]).toEqual([5, 6, 9, 10, 17, 18, 21, 22]);
  });

  test("are added where they came from", () => {
    const whole = new Float32Array(24);
    addTo(whole, size, cut(values, size, box), box);
    addTo(whole, size, cut(values, size, box), box);
    expect(whole[10]).toBe(20);
    expect(whole.reduce((sum, value) => sum + value, 0)).toBe(2 * (5 + 6 + 9 + 10 + 17 + 18 + 21 + 22));
  });

  test("are pasted without what lies around them", () => {
    const whole = new Float32Array(24);
    paste(values, { left: 0, top: 0, ...size }, whole, size, box);
    expect([...cut(whole, size, box)]).toEqual([...cut(values, size, box)]);
    expect(whole.filter((value) => value !== 0)).toHaveLength(8);
  });

  test("are owned where the block says so", () => {
    expect([...ownership({ region: { left: 16, top: 0, ...size }, owned: { ...box, left: 17 } })]).toEqual([
      0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0,
    ]);
  });
});
