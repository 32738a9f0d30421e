import { describe, expect, it } from "vitest";
import { cutBatch, cutScene, type Material, recall, type StoredPicture, store } from "./pictures.ts";
import { randomFor } from "./random.ts";

const CUT = { batch: 4, width: 16, height: 12 };
const PIXELS = CUT.width * CUT.height;

/** Red tells the column, green the row, blue which picture it is. */
function chart(mark: number, width: number, height: number): StoredPicture {
  const bytes = Uint8Array.from({ length: 3 * width * height }, (_, index) => {
    const pixel = index % (width * height);
    return [pixel % width, Math.floor(pixel / width), mark][Math.floor(index / (width * height))] ?? 0;
  });
  return { width, height, bytes };
}

const charts = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => chart(from + index, 40, 30));
const ARTWORK = 100;
const material: Material = { photographs: charts(0, 12), artworks: charts(ARTWORK, 4), heldOut: [] };

/** The cuts of a batch as bytes again: `at(channel, x, y)`. */
const cutsOf = (batch: Float32Array) =>
  Array.from({ length: CUT.batch }, (_, cut) => {
    const values = batch.subarray(cut * 3 * PIXELS, (cut + 1) * 3 * PIXELS);
    return {
      values,
      at: (channel: number, x: number, y: number) =>
        255 * (values[channel * PIXELS + y * CUT.width + x] ?? Number.NaN),
    };
  });
type Cut = ReturnType<typeof cutsOf>[number];

const clean = ({ values }: Cut) =>
  values.every((value) => Math.abs(255 * value - Math.round(255 * value)) < 1e-3);
const mirrored = ({ at }: Cut) => at(0, 1, 0) < at(0, 0, 0);
const mark = ({ at }: Cut) => Math.round(at(2, 0, 0));
const share = <T>(items: readonly T[], holds: (item: T) => boolean) =>
  items.filter(holds).length / items.length;

const cuts = Array.from({ length: 500 }, (_, step) =>
  cutsOf(cutBatch(material, CUT, 0, randomFor(1, step))),
).flat();

describe("a batch of cuts", () => {
  it("is made of pieces of pictures as they are, straight or mirrored, from anywhere in them", () => {
    const pieces = cuts.filter(clean);
    for (const piece of pieces) {
      const step = mirrored(piece) ? -1 : 1;
      for (const [x, y] of [
        [5, 0],
        [15, 11],
        [0, 7],
      ] as const) {
        expect(piece.at(0, x, y)).toBeCloseTo(piece.at(0, 0, 0) + step * x, 2);
        expect(piece.at(1, x, y)).toBeCloseTo(piece.at(1, 0, 0) + y, 2);
        expect(piece.at(2, x, y)).toBeCloseTo(mark(piece), 2);
      }
    }
    expect(share(pieces, mirrored)).toBeCloseTo(0.5, 1);
    expect(new Set(pieces.map(({ at }) => Math.round(at(1, 0, 0)))).size).toBe(30 - CUT.height + 1);
  });

  it("has noise in one cut of five, and stays within colours", () => {
    expect(share(cuts, (cut) => !clean(cut))).toBeCloseTo(0.2, 1);
    for (const { values } of cuts) expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it("has each artwork six times as often as each photograph", () => {
    expect(share(cuts.filter(clean), (cut) => mark(cut) >= ARTWORK)).toBeCloseTo((6 * 4) / (6 * 4 + 12), 1);
  });

  it("changes the colours of the part that it is told to", () => {
    const coloured = Array.from({ length: 200 }, (_, step) =>
      cutsOf(cutBatch(material, CUT, 0.4, randomFor(2, step))),
    ).flat();
    expect(share(coloured, (cut) => !clean(cut))).toBeCloseTo(0.4 + 0.6 * 0.2, 1);
  });

  it("repeats a picture that is smaller than the cut in its mirror images", () => {
    const small = { ...material, photographs: [chart(7, 9, 5)], artworks: [] };
    const [cut] = cutsOf(cutBatch(small, CUT, 0, randomFor(1, 0))).filter(clean);
    const columns = Array.from({ length: CUT.width }, (_, x) => Math.round(cut?.at(0, x, 0) ?? Number.NaN));
    const straight = [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 7, 6, 5, 4, 3, 2];
    expect([straight, straight.toReversed()]).toContainEqual(columns);
    expect(Array.from({ length: CUT.height }, (_, y) => Math.round(cut?.at(1, 0, y) ?? Number.NaN))).toEqual([
      0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 0, 1,
    ]);
  });

  it("cannot be cut from nothing", () => {
    const none: Material = { photographs: [], artworks: [], heldOut: [] };
    expect(() => cutBatch(none, CUT, 0, randomFor(1, 0))).toThrow("There is no picture to teach with");
  });
});

describe("a batch of a scene", () => {
  it("shows the painting first, then pictures of it, and late scenes more often than early ones", () => {
    const scenes = Array.from({ length: 8 }, (_, index) => ({
      painting: chart(ARTWORK + index, 40, 30),
      pictures: [chart(10 * index, 40, 30), chart(10 * index + 1, 40, 30)],
    }));
    const firsts: number[] = [];
    for (let step = 0; step < 400; step++) {
      const [first, ...others] = cutsOf(cutScene(scenes, CUT, 0, randomFor(3, step))).map(mark);
      const scene = (first ?? Number.NaN) - ARTWORK;
      firsts.push(scene);
      for (const other of others) expect([10 * scene, 10 * scene + 1]).toContain(other);
    }
    expect(share(firsts, (scene) => scene >= 4)).toBeGreaterThan(0.6);
    expect(new Set(firsts).size).toBe(8);
  });
});

describe("a stored picture", () => {
  it("comes back within half a level", () => {
    const rgb = Float32Array.from({ length: 3 * 7 * 5 }, (_, index) => (index % 11) / 10.7);
    const back = recall(store({ width: 7, height: 5, rgb }));
    for (const [index, value] of back.rgb.entries())
      expect(Math.abs(value - (rgb[index] ?? Number.NaN))).toBeLessThanOrEqual(0.5 / 255 + 1e-6);
  });
});
