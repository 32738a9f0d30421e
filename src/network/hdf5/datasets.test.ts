import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import type { File, Group } from "h5wasm/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blobSource } from "../byte-source.ts";
import { isDataset, readFloats, shapeOf } from "./datasets.ts";
import { isGroup, linksOf } from "./groups.ts";
import { objectAt, rootAddress } from "./objects.ts";
import { Hdf5Error, Hdf5Reader } from "./reader.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "impasto-datasets-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** From 1998 on, from 2008 on, and as new as it gets; each writes groups, objects and layouts in its own way. */
const VERSIONS = ["earliest", "v108", "latest"] as const;

/** The bytes of a file that HDF5 itself writes. */
async function write(libver: (typeof VERSIONS)[number], fill: (file: File) => void): Promise<Buffer> {
  const hdf5 = await import("h5wasm/node");
  await hdf5.ready;
  const path = join(folder, `${libver}.h5`);
  const file = new hdf5.File(path, "w", { libver: [libver, "latest"] });
  fill(file);
  file.close();
  const bytes = await readFile(path);
  await rm(path);
  return bytes;
}

const readerOf = (bytes: Uint8Array): Hdf5Reader =>
  new Hdf5Reader(blobSource(new Blob([Uint8Array.from(bytes)]), "a file"));

/** The shapes and values of all datasets, by their paths; none of more values than the largest in these tests. */
async function datasetsIn(
  bytes: Uint8Array,
): Promise<Map<string, { shape: number[]; values: Float32Array }>> {
  const reader = readerOf(bytes);
  const found = new Map<string, { shape: number[]; values: Float32Array }>();
  const visit = async (address: number, path: string, depth: number): Promise<void> => {
    const object = await objectAt(reader, address);
    if (isDataset(object)) {
      const shape = shapeOf(object);
      if (shape.reduce((product, size) => product * size, 1) > VALUES.length) return;
      found.set(path, { shape, values: await readFloats(reader, object, path) });
    } else if (depth > 0 && isGroup(object)) {
      for (const [name, child] of await linksOf(reader, object)) {
        await visit(child, `${path}/${name}`, depth - 1);
      }
    }
  };
  await visit(await rootAddress(reader), "", 3);
  return found;
}

const SHAPE = [5, 7, 6];
const VALUES = Float32Array.from({ length: 210 }, (_, index) => Math.sin(index) * 2 ** (index % 30));
const doubles = Float64Array.from(VALUES);

const plain = (group: Group, name = "values"): unknown =>
  group.create_dataset({ name, data: VALUES, shape: SHAPE });
const inChunks = (group: Group, compressed: boolean): unknown =>
  group.create_dataset({
    name: "values",
    data: VALUES,
    shape: SHAPE,
    chunks: [2, 3, 4],
    ...(compressed && { compression: "gzip" }),
  });

/** Bytes that stand once in a file, replaced by others. */
function replaced(bytes: Uint8Array, from: readonly number[], to: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(Buffer.from(from));
  expect(at).toBeGreaterThan(0);
  expect(copy.indexOf(Buffer.from(from), at + 1)).toBe(-1);
  copy.set(to, at);
  return copy;
}

/** By the definition: a sign, five bits of exponent, ten of fraction. */
function valueOfHalf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size =
    exponent === 31
      ? fraction === 0
        ? Number.POSITIVE_INFINITY
        : Number.NaN
      : exponent === 0
        ? fraction * 2 ** -24
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits >> 15 ? -size : size;
}

/** How the old way describes a float of 32 bits, the lowest byte first. */
const FLOAT32 = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

describe.each(VERSIONS)("An HDF5 file as the version %s writes it", (version) => {
  it("gives the shapes and the values of its datasets, floats and doubles, in whatever group", async () => {
    const bytes = await write(version, (file) => {
      plain(file);
      const inner = file.create_group("outer").create_group("inner");
      inner.create_dataset({ name: "doubles", data: doubles, shape: [210] });
      inner.create_dataset({ name: "one", data: Float32Array.of(0.5), shape: [1, 1] });
    });
    const found = await datasetsIn(bytes);
    expect([...found.keys()].sort()).toEqual(["/outer/inner/doubles", "/outer/inner/one", "/values"]);
    expect(found.get("/values")).toEqual({ shape: SHAPE, values: VALUES });
    expect(found.get("/outer/inner/doubles")).toEqual({ shape: [210], values: VALUES });
    expect(found.get("/outer/inner/one")).toEqual({ shape: [1, 1], values: Float32Array.of(0.5) });
  });

  it.each([1, 9, 40])("gives a group of %i names", async (count) => {
    const names = Array.from({ length: count }, (_, index) => `a_layer_with_the_number_${index}`);
    const bytes = await write(version, (file) => {
      for (const name of names) plain(file, name);
    });
    const found = await datasetsIn(bytes);
    expect([...found.keys()].sort()).toEqual(names.map((name) => `/${name}`).sort());
    for (const { values } of found.values()) expect(values).toEqual(VALUES);
  });

  it("leaves links out that lead to no object in it", async () => {
    const bytes = await write(version, (file) => {
      plain(file);
      file.create_soft_link("/values", "soft");
      file.create_external_link("/etc/hostname", "/values", "external");
    });
    expect([...(await datasetsIn(bytes)).keys()]).toEqual(["/values"]);
  });

  it.each([true, false])(
    "gives values in chunks, compressed: %s, or says why it does not",
    async (compressed) => {
      const bytes = await write(version, (file) => inChunks(file, compressed));
      if (version === "latest")
        await expect(datasetsIn(bytes)).rejects.toThrow(/has chunks .*convert it to safetensors/);
      else expect((await datasetsIn(bytes)).get("/values")).toEqual({ shape: SHAPE, values: VALUES });
    },
  );

  it("is refused wherever it ends too early", async () => {
    const bytes = await write(version, (file) => plain(file));
    for (let length = 0; length < bytes.length; length += 7) {
      await expect(datasetsIn(bytes.subarray(0, length))).rejects.toThrow(Hdf5Error);
    }
  });

  it("gives what it has or says why not, whatever bytes are changed", async () => {
    const bytes = await write(version, (file) => {
      plain(file);
      const group = file.create_group("group");
      for (const name of "abcdefghij") plain(group, name);
      if (version !== "latest") inChunks(file.create_group("chunks"), true);
    });
    const change = fc.record({
      at: fc.nat(bytes.length - 1),
      to: fc.oneof(fc.constantFrom(0, 1, 255), fc.nat(255)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
        const changed = Buffer.from(bytes);
        for (const { at, to } of changes) changed[at] = to;
        try {
          for (const { shape, values } of (await datasetsIn(changed)).values()) {
            expect(values).toHaveLength(shape.reduce((product, size) => product * size, 1));
          }
        } catch (error) {
          if (!(error instanceof Hdf5Error)) throw error;
          expect(error.message).toMatch(/^(is|has|keeps) /);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("An HDF5 file made to do harm", () => {
  it("comes to an end where a tree leads to the same names again and again", async () => {
    const bytes = await write("earliest", (file) => plain(file));
    // What the symbol of the root group caches: the address of its tree of names.
    const root = Number(bytes.readBigUInt64LE(0x50));
    const names = Number(bytes.readBigUInt64LE(root + 32));
    const [levels, children] = [10, 32];
    const size = 32 + 16 * children;
    const nodes = Array.from({ length: levels }, (_, level) => {
      const node = Buffer.alloc(size);
      node.write("TREE", "latin1");
      node.set([0, level, children], 4);
      const below = level === 0 ? names : bytes.length + (level - 1) * size;
      for (let index = 0; index < children; index++) node.writeBigUInt64LE(BigInt(below), 32 + 16 * index);
      return node;
    });
    const file = Buffer.concat([bytes, ...nodes]);
    // 32¹⁰ ways from the topmost node to the names.
    nodes.at(-1)?.copy(file, root);
    file.writeBigUInt64LE(BigInt(file.length), 40);
    await expect(datasetsIn(file)).rejects.toThrow("its structures go in circles");
  });

  it("comes to an end where the messages of an object go on where they began", async () => {
    const bytes = await write("earliest", (file) => plain(file));
    const object = Number(bytes.readBigUInt64LE(0x40));
    const first = BigInt(object + 16);
    // Type, size and flags of the message, and where the object's messages go on.
    bytes.set([0x10, 0, 16, 0, 0, 0, 0, 0], object + 16);
    bytes.writeBigUInt64LE(first, object + 24);
    bytes.writeBigUInt64LE(24n, object + 32);
    bytes.writeUInt32LE(24, object + 8);
    await expect(datasetsIn(bytes)).rejects.toThrow("its structures go in circles");
  });
});

describe("Chunks in an HDF5 file", () => {
  const chunked = (chunks: number[], compression?: number, maxshape?: (number | null)[]) =>
    write("earliest", (file) =>
      file.create_dataset({
        name: "values",
        data: VALUES,
        shape: SHAPE,
        chunks,
        ...(maxshape && { maxshape }),
        ...(compression !== undefined && { compression, compression_opts: [] }),
      }),
    );
  const expected = { shape: SHAPE, values: VALUES };

  it("may be larger than a dataset that can grow, but not by far", async () => {
    const growing = [null, 7, 6];
    for (const chunks of [
      [6, 7, 6],
      [8, 7, 5],
      [300, 7, 6],
    ])
      expect((await datasetsIn(await chunked(chunks, undefined, growing))).get("/values")).toEqual(expected);
    for (const chunks of [
      [500, 7, 6],
      [50000, 7, 6],
      [500, 1, 1],
    ]) {
      const bytes = await chunked(chunks, undefined, growing);
      await expect(datasetsIn(bytes)).rejects.toThrow("has chunks far larger than their dataset, which");
    }
  });

  it("may end in a checksum, for which there must be room", async () => {
    const bytes = await chunked([2, 3, 4], 3);
    expect((await datasetsIn(bytes)).get("/values")).toEqual(expected);
    // The size of the first chunk, its filters that were left out, and where it begins.
    const size = 4 * 2 * 3 * 4 + 4;
    const first = Buffer.alloc(32);
    first.writeUInt32LE(size);
    const short = Buffer.from(first);
    short.writeUInt32LE(3);
    await expect(datasetsIn(replaced(bytes, [...first], [...short]))).rejects.toThrow(
      "a chunk has no checksum",
    );
  });

  it("pass through few filters, or are refused before they are read", async () => {
    const bytes = await chunked([5, 7, 6], 3);
    // A version, the number of filters, six bytes of nothing, and the number of the filter.
    const pipeline = [1, 1, 0, 0, 0, 0, 0, 0, 3, 0];
    for (const count of [5, 32, 255]) {
      const many = replaced(bytes, pipeline, [1, count]);
      await expect(datasetsIn(many)).rejects.toThrow(
        `has ${count} filters on a dataset, which impasto does not read`,
      );
    }
  });

  it.each([
    [6, "values made small by scale and offset (filter 6)"],
    [32000, "values compressed by LZF (filter 32000)"],
    [32015, "values compressed by Zstandard (filter 32015)"],
    [40000, "a filter of number 40000"],
  ])("behind filter %i are refused by its name", async (id, named) => {
    const bytes = await chunked([5, 7, 6], 3);
    const pipeline = [1, 1, 0, 0, 0, 0, 0, 0, 3, 0];
    const other = replaced(bytes, pipeline, [...pipeline.slice(0, 8), id & 255, id >> 8]);
    await expect(datasetsIn(other)).rejects.toThrow(`has ${named}, which impasto does not read`);
  });
});

describe("Values in an HDF5 file", () => {
  it("may be in the other byte order, or halves", async () => {
    const bytes = await write("earliest", (file) => plain(file));
    const big = replaced(bytes, FLOAT32, [0x11, 0x21, ...FLOAT32.slice(2)]);
    const swapped = Buffer.from(VALUES.slice().buffer).swap32();
    const expected = new Float32Array(swapped.buffer, swapped.byteOffset, VALUES.length);
    expect((await datasetsIn(big)).get("/values")?.values).toEqual(expected);
    const half = replaced(
      bytes,
      FLOAT32,
      [0x11, 0x20, 15, 0, 2, 0, 0, 0, 0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0],
    );
    const values = (await datasetsIn(half)).get("/values")?.values ?? new Float32Array();
    const bits = new Uint16Array(VALUES.buffer, 0, VALUES.length);
    expect(values).toHaveLength(VALUES.length);
    expect([...bits].every((one, index) => Object.is(values[index], valueOfHalf(one)))).toBe(true);
  });

  it("that are no floats are refused by the name of their dataset", async () => {
    const bytes = await write("earliest", (file) =>
      file.create_dataset({ name: "counts", data: Int32Array.of(1, 2), shape: [2] }),
    );
    await expect(datasetsIn(bytes)).rejects.toThrow(
      "keeps /counts as integers of 32 bits; expected floats of 16",
    );
    const odd = replaced(await write("earliest", (file) => plain(file)), FLOAT32, [
      ...FLOAT32.slice(0, 16),
      ...[130, 0, 0, 0],
    ]);
    await expect(datasetsIn(odd)).rejects.toThrow("keeps /values as unusual floats of 32 bits");
  });

  it("whose chunk grows beyond its size when it is decompressed are refused", async () => {
    const noise = Float32Array.from({ length: 2048 }, (_, index) => Math.sin(index * index));
    const bytes = await write("earliest", (file) =>
      file.create_dataset({ name: "n", data: noise, shape: [2048], chunks: [2048], compression: 9 }),
    );
    const read = async () => {
      const reader = readerOf(bytes);
      const root = await objectAt(reader, await rootAddress(reader));
      const address = (await linksOf(reader, root)).get("n") ?? 0;
      return readFloats(reader, await objectAt(reader, address), "n");
    };
    expect(await read()).toEqual(noise);
    const stored = bytes.indexOf(Buffer.of(0x78, 0xda));
    expect(stored).toBeGreaterThan(0);
    bytes.set(deflateSync(new Uint8Array(2 ** 20)), stored);
    await expect(read()).rejects.toThrow("a chunk cannot be decompressed");
  });
});
