/**
 * What is taught with: photographs and artworks in memory, some set aside from the start, and batches cut from the rest.
 * @module
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ImpastoError } from "../src/errors.ts";
import { readPicture } from "../src/image/decode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import type { BatchShape } from "./lesson.ts";
import { type Random, randomFor, shuffled } from "./random.ts";
import { recolour } from "./recolour.ts";

/** A picture in 8 bits, `[3, height, width]`: a thousand of them fit in memory. */
export interface StoredPicture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** The pictures, apart by kind and purpose. */
export interface Material {
  readonly photographs: readonly StoredPicture[];
  readonly artworks: readonly StoredPicture[];
  /** Set aside: never taught with, only examined with. */
  readonly heldOut: readonly StoredPicture[];
}

/** A painting, and pictures on their way to its style. */
export interface Scene {
  readonly painting: StoredPicture;
  readonly pictures: readonly StoredPicture[];
}

/** How much is set aside. */
interface SetAside {
  readonly photographs: number;
  readonly artworks: number;
}

/** Artworks are drawn this many times as often as their number. */
const ARTWORK_SHARE = 6;
/** The part of the cuts with added noise. */
const NOISY_SHARE = 0.2;
const LARGEST_NOISE = 0.2;

/** Rounds a picture to 8 bits. */
export const store = ({ width, height, rgb }: Picture): StoredPicture => ({
  width,
  height,
  bytes: Uint8Array.from(rgb, (value) => Math.round(255 * value)),
});

/** The picture again. */
export const recall = ({ width, height, bytes }: StoredPicture): Picture => ({
  width,
  height,
  rgb: Float32Array.from(bytes, (value) => value / 255),
});

/**
 * Reads a folder: files whose names begin with `photo` are photographs, all others artworks.
 * @throws ImpastoError when there are not enough of either.
 */
export async function readMaterial(folder: string, setAside: SetAside, seed: number): Promise<Material> {
  const files = (await readdir(folder)).sort();
  const random = randomFor(seed, -1);
  const readAll = async (names: readonly string[]) => {
    const pictures: StoredPicture[] = [];
    for (const name of names) pictures.push(store(await readPicture(join(folder, name))));
    return pictures;
  };
  const isPhotograph = (name: string) => name.startsWith("photo");
  const photographs = await readAll(shuffled(files.filter(isPhotograph), random));
  const artworks = await readAll(
    shuffled(
      files.filter((name) => !isPhotograph(name)),
      random,
    ),
  );
  if (photographs.length <= setAside.photographs || artworks.length <= setAside.artworks) {
    throw new ImpastoError(
      `${folder} holds ${photographs.length} photographs (photo*) and ${artworks.length} artworks: too few to set ${setAside.photographs} and ${setAside.artworks} aside.`,
    );
  }
  return {
    photographs: photographs.slice(setAside.photographs),
    artworks: artworks.slice(setAside.artworks),
    heldOut: [...photographs.slice(0, setAside.photographs), ...artworks.slice(0, setAside.artworks)],
  };
}

/**
 * Cuts a batch: random places of random pictures, half of them mirrored, some noisy, some in other colours.
 * @param recolouredShare the part of the cuts that is recoloured, each in its own way.
 */
export function cutBatch(
  { photographs, artworks }: Material,
  { batch, width, height }: BatchShape,
  recolouredShare: number,
  random: Random,
): Float32Array {
  const cuts = new Float32Array(batch * 3 * width * height);
  for (const cut of partsOf(cuts, batch)) {
    const artworkChance =
      (ARTWORK_SHARE * artworks.length) / (ARTWORK_SHARE * artworks.length + photographs.length);
    cutInto(
      cut,
      pick(random.uniform() < artworkChance ? artworks : photographs, random),
      width,
      height,
      random,
    );
    if (recolouredShare > 0 && random.uniform() < recolouredShare) recolour([cut], random);
    if (random.uniform() < NOISY_SHARE) addNoise(cut, LARGEST_NOISE * random.uniform(), random);
  }
  return cuts;
}

/**
 * Cuts a batch from one scene, a late one more often than an early one: the painting first, then pictures of it.
 * @param recolouredShare the part of the batches that is recoloured, all of a batch in one way.
 */
export function cutScene(
  scenes: readonly Scene[],
  { batch, width, height }: BatchShape,
  recolouredShare: number,
  random: Random,
): Float32Array {
  const latest = scenes.length - 1 - Math.floor(scenes.length * random.uniform() ** 2);
  const { painting, pictures } = itemAt(scenes, latest);
  const cuts = new Float32Array(batch * 3 * width * height);
  const parts = partsOf(cuts, batch);
  for (const [index, cut] of parts.entries()) {
    cutInto(cut, index === 0 ? painting : pick(pictures, random), width, height, random);
  }
  if (recolouredShare > 0 && random.uniform() < recolouredShare) recolour(parts, random);
  return cuts;
}

const partsOf = (values: Float32Array, count: number): readonly Float32Array[] =>
  Array.from({ length: count }, (_, index) =>
    values.subarray((index * values.length) / count, ((index + 1) * values.length) / count),
  );

const pick = <T>(items: readonly T[], random: Random): T => itemAt(items, random.below(items.length));

const itemAt = <T>(items: readonly T[], index: number): T => {
  const item = items[index];
  if (item === undefined) throw new ImpastoError("There is no picture to teach with.");
  return item;
};

/** Cuts a random place, mirrored at random; a picture smaller than the cut is repeated in mirror images. */
function cutInto(
  cut: Float32Array,
  picture: StoredPicture,
  width: number,
  height: number,
  random: Random,
): void {
  const left = random.below(Math.max(1, picture.width - width + 1));
  const top = random.below(Math.max(1, picture.height - height + 1));
  const mirrored = random.uniform() < 0.5;
  let index = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      const row = (channel * picture.height + reflect(top + y, picture.height)) * picture.width;
      for (let x = 0; x < width; x++) {
        const column = reflect(left + (mirrored ? width - 1 - x : x), picture.width);
        cut[index++] = picture.bytes[row + column] / 255;
      }
    }
  }
}

function reflect(position: number, size: number): number {
  const period = position % (2 * size);
  return period < size ? period : 2 * size - 1 - period;
}

function addNoise(cut: Float32Array, strength: number, random: Random): void {
  for (let index = 0; index < cut.length; index++) {
    cut[index] = Math.min(1, Math.max(0, cut[index] + strength * random.normal()));
  }
}
