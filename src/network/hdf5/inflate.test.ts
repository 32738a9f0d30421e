import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uniform } from "../../../test/evaluate.ts";
import { inflate } from "./inflate.ts";

/** Noise, which takes as much room when it is compressed: several pieces. */
const noise = Uint8Array.from(uniform([50_000], 1), (value) => 128 + 127 * value);

describe("Inflating", () => {
  it("gives the bytes that zlib compressed, of which there may be as many as are allowed", async () => {
    const bytes = fc.uint8Array({ maxLength: 2000 });
    const repeated = fc
      .tuple(bytes, fc.nat(20))
      .map(([part, times]) => Buffer.alloc(part.length * times, part));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, repeated), fc.constantFrom(0, 1, 100), async (values, room) => {
        expect(Buffer.compare(await inflate(deflateSync(values), values.length + room), values)).toBe(0);
      }),
      { numRuns: 50 },
    );
    expect(await inflate(deflateSync(noise), noise.length)).toEqual(noise);
  });

  it("ends where there are more, however many there would be", async () => {
    await expect(inflate(deflateSync(noise), noise.length - 1)).rejects.toThrow(RangeError);
    await expect(inflate(deflateSync(new Uint8Array(2 ** 26)), 1000)).rejects.toThrow(RangeError);
  });

  it("fails for bytes that are cut off, changed, or were never compressed", async () => {
    const compressed = deflateSync(noise);
    for (const length of [0, 1, 2, 1000, compressed.length - 4, compressed.length - 1]) {
      await expect(inflate(compressed.subarray(0, length), noise.length)).rejects.toThrow();
    }
    // The checksum at the end.
    compressed[compressed.length - 1] ^= 1;
    await expect(inflate(compressed, noise.length)).rejects.toThrow();
    await expect(inflate(noise, noise.length)).rejects.toThrow();
  });
});
