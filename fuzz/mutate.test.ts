import { describe, expect, it } from "vitest";
import { randomFor } from "../training/random.ts";
import { mutate } from "./mutate.ts";
import { mutatedText } from "./mutate-json.ts";
import { mutateSafetensors } from "./mutate-safetensors.ts";

const file = Buffer.from("a file of which something is to become something else, again and again".repeat(5));
const indices = Array.from({ length: 300 }, (_, index) => index);

describe("a mutated file", () => {
  it("is the same for the same numbers, and another for others", () => {
    const make = (index: number): string =>
      Buffer.from(mutate(file, randomFor(3, index), [file])).toString("latin1");
    expect(indices.map(make)).toEqual(indices.map(make));
    expect(new Set(indices.map(make)).size).toBeGreaterThan(250);
  });

  it("leaves what it was made of as it was, and takes a file of any length", () => {
    const before = Buffer.from(file);
    for (const index of indices) {
      mutate(file, randomFor(1, index), [file]);
      mutate(new Uint8Array(index % 3), randomFor(1, index), [new Uint8Array()]);
    }
    expect(file.equals(before)).toBe(true);
  });
});

describe("mutated JSON", () => {
  const value = { size: 16, plan: [{ width: 1 }, { width: 2 }], name: "a", none: null };

  it("is JSON again, the same for the same numbers", () => {
    const make = (index: number): string => mutatedText(value, randomFor(5, index));
    const texts = indices.map(make);
    expect(indices.map(make)).toEqual(texts);
    for (const text of texts) if (!text.includes("[[[[[")) expect(() => JSON.parse(text)).not.toThrow();
    expect(new Set(texts).size).toBeGreaterThan(200);
    expect(value.plan).toEqual([{ width: 1 }, { width: 2 }]);
  });

  it("in a safetensors header leaves the header's length right", () => {
    const json = Buffer.from(JSON.stringify({ __metadata__: { state: '{"a":[1]}' } }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    for (const index of indices) {
      const made = mutateSafetensors(Buffer.concat([length, json]), randomFor(2, index));
      expect(Buffer.from(made ?? []).readBigUInt64LE()).toBe(BigInt((made?.length ?? 0) - 8));
    }
    expect(mutateSafetensors(Buffer.from("no header"), randomFor(2, 0))).toBeUndefined();
  });
});
