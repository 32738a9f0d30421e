import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ImpastoError } from "../errors.ts";
import { parseSafetensors, type WritableTensor, writeSafetensors } from "./safetensors.ts";

const fileOf = (header: unknown, data = 0): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
};
const one = (entry: object, data: number) => () => parseSafetensors(fileOf({ x: entry }, data));

const tensor = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc
    .float32Array({ minLength: length, maxLength: length })
    .map((data): WritableTensor => ({ shape, data }));
});
const tensors = fc.dictionary(
  fc.string().filter((name) => name !== "__metadata__"),
  tensor,
  { maxKeys: 5 },
);

const halves = (...values: number[]): number[] => {
  const bytes = writeSafetensors({
    x: { shape: [values.length], data: Float32Array.from(values), dtype: "F16" },
  });
  return [...(parseSafetensors(bytes).tensors.get("x")?.data ?? [])];
};

describe("safetensors", () => {
  it("come back as they were written, to the bit", () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(fc.string(), fc.string()), (written, metadata) => {
        const read = parseSafetensors(writeSafetensors(written, metadata));
        expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort());
        expect([...read.tensors.keys()].sort()).toEqual(Object.keys(written).sort());
        for (const [name, { shape, data }] of Object.entries(written)) {
          expect(read.tensors.get(name)?.shape).toEqual(shape);
          expect(read.tensors.get(name)?.data).toEqual(data);
        }
      }),
    );
  });

  it("come back in half precision as the nearest half", () => {
    // The largest half, the smallest normal, the smallest, and one tie each way: 2049 to even 2048, 2051 to 2052.
    const exact = [
      0,
      -0,
      1,
      -2,
      65504,
      2 ** -14,
      2 ** -24,
      0.333251953125,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ];
    expect(halves(...exact)).toEqual(exact);
    expect(halves(2049, 2051, 2 ** -25, 1.5 * 2 ** -24, 65519, 1e-10)).toEqual([
      2048,
      2052,
      0,
      2 ** -23,
      65504,
      0,
    ]);
    fc.assert(
      fc.property(fc.float({ min: Math.fround(-65504), max: Math.fround(65504), noNaN: true }), (value) => {
        const [half = Number.NaN] = halves(value);
        expect(Math.abs(half - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25));
        expect(halves(half)).toEqual([half]);
      }),
    );
  });

  it("refuse to write what half precision cannot hold, or a shape of another length", () => {
    expect(() => halves(70000)).toThrow("x holds 70000, too large for F16; write it as F32");
    expect(() => writeSafetensors({ x: { shape: [2, 2], data: new Float32Array(3) } })).toThrow(
      "Expected 4 values for x of shape [2, 2] but received 3",
    );
  });

  it("are read in bfloat16 as the upper half of a float", () => {
    const bytes = fileOf({ x: { dtype: "BF16", shape: [2], data_offsets: [0, 4] } }, 4);
    bytes.set([0x80, 0x3f, 0x20, 0xc0], bytes.length - 4);
    expect([...(parseSafetensors(bytes).tensors.get("x")?.data ?? [])]).toEqual([1, -2.5]);
  });

  it("are read at any alignment, and without a copy at a good one", () => {
    const bytes = writeSafetensors({ x: { shape: [2], data: Float32Array.of(1, 2) } });
    expect(parseSafetensors(bytes).tensors.get("x")?.data.buffer).toBe(bytes.buffer);
    for (const shift of [1, 2, 3]) {
      const moved = new Uint8Array(bytes.length + shift);
      moved.set(bytes, shift);
      expect([...(parseSafetensors(moved.subarray(shift)).tensors.get("x")?.data ?? [])]).toEqual([1, 2]);
    }
  });

  it("are the same bytes for the same tensors, whose data start at a multiple of eight", () => {
    const write = () =>
      writeSafetensors({
        h: { shape: [1], data: Float32Array.of(1), dtype: "F16" },
        f: { shape: [1], data: Float32Array.of(1) },
      });
    expect(write()).toEqual(write());
    expect((write().length - 6) % 8).toBe(0);
  });

  it("with a tensor called __proto__ hold just that", () => {
    const bytes = fileOf('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
    expect([...parseSafetensors(bytes).tensors.keys()]).toEqual(["__proto__"]);
  });

  it("are refused with the reason when damaged", () => {
    expect(() => parseSafetensors(new Uint8Array(3))).toThrow(/truncated/);
    expect(() => parseSafetensors(new Uint8Array(8).fill(255))).toThrow(/no safetensors file/);
    expect(() => parseSafetensors(fileOf({}).subarray(0, 9))).toThrow(/truncated/);
    expect(() => parseSafetensors(fileOf("[1"))).toThrow(/damaged safetensors header/);
    expect(() => parseSafetensors(fileOf("[]"))).toThrow(/expected an object/);
    expect(() => parseSafetensors(fileOf({ __metadata__: { a: 1 } }))).toThrow(
      /a of __metadata__ is not text/,
    );
    expect(one({ dtype: "F33", shape: [1], data_offsets: [0, 4] }, 4)).toThrow(
      /"x" has the unknown type "F33"/,
    );
    const endless = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
    expect(() => parseSafetensors(fileOf(`{"x":{"dtype":${endless}}}`))).toThrow(ImpastoError);
    expect(one({ dtype: "F32", shape: [-1], data_offsets: [0, 4] }, 4)).toThrow(/"x" has no valid shape/);
    expect(one({ dtype: "F32", shape: [1], data_offsets: [4, 0] }, 4)).toThrow(
      /"x" has no valid data_offsets/,
    );
    expect(one({ dtype: "F32", shape: [2], data_offsets: [0, 4] }, 4)).toThrow(/"x" has 4 bytes; .* need 8/);
    expect(one({ dtype: "F32", shape: [1], data_offsets: [0, 4] }, 3)).toThrow(
      /is truncated: it holds \d+ of \d+ bytes/,
    );
    expect(one({ dtype: "F32", shape: [1], data_offsets: [0, 4] }, 5)).toThrow(
      /1 bytes after its last tensor/,
    );
    expect(one({ dtype: "F32", shape: [1], data_offsets: [4, 8] }, 8)).toThrow(/leaves a hole/);
    expect(one({ dtype: "I64", shape: [1], data_offsets: [0, 8] }, 8)).toThrow(
      /expected F32, F16 or BF16 for x but received I64/,
    );
    const entry = { dtype: "F32", shape: [1], data_offsets: [0, 4] };
    expect(() => parseSafetensors(fileOf({ x: entry, y: entry }, 4))).toThrow(/"y" overlaps another tensor/);
  });

  it("never fail with anything but an ImpastoError, whatever bytes are changed", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(tensors, damage, fc.nat({ max: 40 }), (written, changes, cut) => {
        const bytes = writeSafetensors(written, { note: "intact" });
        for (const [position, value] of changes) bytes[position % bytes.length] = value;
        try {
          parseSafetensors(bytes.subarray(0, bytes.length - Math.min(cut, bytes.length)));
        } catch (error) {
          expect(error).toBeInstanceOf(ImpastoError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("never fail with anything but an ImpastoError, whatever the header says", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.dictionary(
            fc.string(),
            fc.record({
              dtype: fc.constantFrom("F32", "F16"),
              shape: fc.array(fc.oneof(fc.nat(), fc.double())),
              data_offsets: fc.array(fc.nat({ max: 50 })),
            }),
          ),
        ),
        fc.nat({ max: 50 }),
        (header, data) => {
          try {
            parseSafetensors(fileOf(header, data));
          } catch (error) {
            expect(error).toBeInstanceOf(ImpastoError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
