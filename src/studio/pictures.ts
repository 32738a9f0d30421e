/**
 * The pictures that a studio was given, each once, by the checksum of its bytes.
 * @module
 */
import * as z from "zod";
import { ImpastoError, MisuseError } from "../errors.ts";
import type { Picture } from "../image/picture.ts";
import { MAX_PIXELS } from "../image/reading.ts";
import { resize } from "../image/resize.ts";
import { type Size, sizeWithinLongestSide } from "../image/size.ts";
import type { JobInput } from "../job/recipe.ts";
import { blobSource, checksumOf } from "../network/byte-source.ts";
import { LONGEST_PAINTED_SIDE, type StoredPicture } from "./engine.ts";
import type { Platform } from "./platform.ts";
import { readJson, writeJson } from "./store-json.ts";

/** The most bytes of a file. */
const MOST_BYTES = 64 * 2 ** 20;
/** The most pixels that a picture may have: more take a minute to read, and memory that others need. */
const MOST_PIXELS = 250_000_000;
/** No name says more than this. */
const LONGEST_NAME = 200;

const PICTURES = "pictures/";
const nameIn = (id: string): string => `${PICTURES}${id}`;
const factsIn = (id: string): string => `${PICTURES}${id}.json`;

const factsSchema = z.object({
  id: z.string(),
  name: z.string(),
  width: z.int(),
  height: z.int(),
  notes: z.array(z.string()),
  alpha: z.boolean(),
  recipe: z.exactOptional(z.unknown()),
});

/** What is known of a picture. */
export type PictureFacts = Readonly<z.output<typeof factsSchema>>;

/** The pictures of a studio. */
export class Pictures {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Takes a picture in.
   * @throws ImpastoError for what cannot be read; nothing is kept of it.
   */
  async add(file: Blob, name: string): Promise<StoredPicture> {
    const called = plainName(name);
    if (file.size > MOST_BYTES) {
      throw new ImpastoError(
        `"${called}" has ${Math.ceil(file.size / 2 ** 20)} MB, and a picture may have ${MOST_BYTES / 2 ** 20} at most: save it smaller.`,
      );
    }
    const { readPicture, readRecipe, store } = this.#platform;
    const source = blobSource(file, called);
    const bytes = await source.read(0, file.size);
    const own: { size?: Size } = {};
    // As large as a run may need it, so that what is said of how it was read is what will be.
    const needed = (size: Size): Size => {
      own.size = size;
      checkPixels(size, called);
      const { width, height } = size;
      return width * height > MAX_PIXELS ? sizeWithinLongestSide(width, height, LONGEST_PAINTED_SIDE) : size;
    };
    const { picture } = await readPicture.call(this.#platform, bytes, called, needed);
    const { width, height } = own.size ?? picture;
    checkPixels({ width, height }, called);
    const recipe = parsed(await readRecipe.call(this.#platform, bytes));
    const facts: PictureFacts = {
      id: await checksumOf(source),
      name: called,
      width,
      height,
      notes: [...(picture.notes ?? [])],
      alpha: picture.alpha !== undefined,
      ...(recipe === undefined ? {} : { recipe }),
    };
    await store.write(nameIn(facts.id), [bytes]);
    // Last: what has no facts was not taken in.
    await writeJson(store, factsIn(facts.id), facts);
    return storedOf(facts);
  }

  /** What is known of one. @throws MisuseError where there is none of that name. */
  async facts(id: string): Promise<PictureFacts> {
    const facts = await readJson(this.#platform.store, factsIn(id), factsSchema);
    if (facts === undefined) throw unknown(id);
    return facts;
  }

  /** One that goes into a run, as large as it is needed. */
  async read({ name, checksum }: JobInput, neededSize: (own: Size) => Size): Promise<Picture> {
    const bytes = await this.#platform.store.read(nameIn(checksum));
    if (bytes === undefined) throw unknown(checksum);
    return (await this.#platform.readPicture(bytes, name, neededSize)).picture;
  }

  /** One for looking at, no longer than so many pixels. */
  async preview(id: string, longest: number): Promise<Blob> {
    const { name } = await this.facts(id);
    const within = ({ width, height }: Size): Size => sizeWithinLongestSide(width, height, longest);
    const picture = await this.read({ name, checksum: id }, within);
    const { width, height } = within(picture);
    return this.#platform.encodePreview(resize(picture, width, height));
  }

  /** Removes what was not taken in to its end. */
  async clean(): Promise<void> {
    const names = new Set(await this.#platform.store.list(PICTURES));
    for (const name of names) {
      if (!name.endsWith(".json") && !names.has(`${name}.json`)) await this.#platform.store.remove(name);
    }
  }
}

const storedOf = ({ alpha: _, ...facts }: PictureFacts): StoredPicture => facts;

function checkPixels({ width, height }: Size, name: string): void {
  if (width * height <= MOST_PIXELS) return;
  const megapixels = Math.ceil((width * height) / 1e6);
  throw new ImpastoError(
    `"${name}" has ${megapixels} megapixels, and a picture may have ${MOST_PIXELS / 1e6} at most: save it smaller.`,
  );
}

/** Without folders and what no name should have. */
const plainName = (name: string): string =>
  name
    .replace(/^.*[\\/]/s, "")
    .replace(/\p{C}/gu, "")
    .slice(0, LONGEST_NAME) || "picture";

function parsed(recipe: string | undefined): unknown {
  try {
    return recipe === undefined ? undefined : JSON.parse(recipe);
  } catch {
    return undefined;
  }
}

const unknown = (id: string): MisuseError =>
  new MisuseError(`There is no picture ${id.slice(0, 8)} here any more: give it again.`);
