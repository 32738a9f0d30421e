import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ByteSource, blobSource, checksumOf } from "./byte-source.ts";
import { withFileSource } from "./file-source.node.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

let folder = "";
let path = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "impasto-bytes-"));
  path = join(folder, "bytes.bin");
  await writeFile(path, bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Does something with the bytes in a file, and with the same bytes in memory. */
const ofEach = async <Result>(use: (source: ByteSource) => Promise<Result>): Promise<Result[]> => [
  await withFileSource(path, use),
  await use(blobSource(new Blob([bytes]), "bytes.bin")),
];

describe("Bytes in a file, and those in memory", () => {
  it("are read a part at a time, and as far as there are any", async () => {
    for (const [begin, end] of [
      [0, 1000],
      [0, 0],
      [250, 251],
      [990, 2000],
      [2000, 2001],
    ] as const) {
      for (const part of await ofEach((source) => source.read(begin, end))) {
        expect(part).toEqual(bytes.slice(begin, end));
      }
    }
  });

  it("have a name, a size and a checksum", async () => {
    expect(await ofEach(async ({ size }) => size)).toEqual([1000, 1000]);
    expect(await ofEach(async ({ name }) => name)).toEqual([path, "bytes.bin"]);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(await ofEach(checksumOf)).toEqual([sha256, sha256]);
  });
});
