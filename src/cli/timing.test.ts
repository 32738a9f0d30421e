import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANIMATION_LIMITS } from "../image/animation.node.ts";
import { timingOf } from "./timing.ts";

describe("timingOf", () => {
  it("gives every frame its share, and the last one more", () => {
    const { shown, milliseconds } = timingOf(4, 2, 1, ANIMATION_LIMITS.webp);
    expect({ shown, milliseconds }).toEqual({ shown: [0, 1, 2, 3], milliseconds: [500, 500, 500, 1500] });
  });

  it("leaves frames out where there is no time for all, but never the first or the last", () => {
    expect(timingOf(101, 0.2, 0, ANIMATION_LIMITS.webp).shown).toEqual([
      0, 11, 22, 33, 44, 56, 67, 78, 89, 100,
    ]);
    expect(timingOf(101, 0.2, 0, ANIMATION_LIMITS.gif).shown).toEqual([0, 33, 67, 100]);
    expect(timingOf(9, 0.01, 0, ANIMATION_LIMITS.gif).shown).toEqual([0, 8]);
  });

  it("adds up to the time that was asked for, in the format's units", () => {
    const formats = fc.constantFrom(ANIMATION_LIMITS.webp, ANIMATION_LIMITS.gif);
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 500 }),
        fc.integer({ min: 2, max: 600 }),
        fc.integer({ min: 0, max: 50 }),
        formats,
        (count, tenths, hold, limits) => {
          const { shown, milliseconds } = timingOf(count, tenths / 10, hold, limits);
          expect(milliseconds.reduce((sum, one) => sum + one, 0)).toBeCloseTo(100 * tenths + 1000 * hold);
          for (const one of milliseconds) {
            expect(one % limits.unit).toBe(0);
            expect(one).toBeGreaterThanOrEqual(limits.shortest);
          }
          expect([shown[0], shown.at(-1)]).toEqual([0, count - 1]);
          expect(new Set(shown).size).toBe(milliseconds.length);
        },
      ),
    );
  });
});
