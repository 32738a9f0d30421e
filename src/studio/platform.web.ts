/**
 * Where the studio runs within a browser: in a worker, with the browser's database, decoders and encoders, and one more worker
 * that paints.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { decodePicture } from "../image/decode.web.ts";
import { encodePicture } from "../image/encode.web.ts";
import type { Picture } from "../image/picture.ts";
import { findRecipe } from "../image/recipe.web.ts";
import { toSamples } from "../image/samples.ts";
import { openRunner } from "../job/worker-runner.web.ts";
import { blobSource, checksumOf } from "../network/byte-source.ts";
import { PUBLIC_SIZE } from "../network/public-file.ts";
import { hasCard, threadsHere } from "../runtime/onnxruntime.web.ts";
import { defaultMemory } from "../transfer/engine.web.ts";
import type { About } from "./engine.ts";
import type { Platform } from "./platform.ts";
import { openIndexedDbStore } from "./web/indexed-db-store.ts";
import { type KeptWeights, openKeptWeights } from "./web/kept-weights.ts";
import type { Place } from "./web/place.ts";

/** The longest side to begin with: a minute or two on a processor. */
const SIZE = 256;

/**
 * Opens the platform.
 * @param software what makes pictures, and its version.
 * @throws ImpastoError where the browser keeps nothing for this page.
 */
export async function openWebPlatform(place: Place, software: string): Promise<Platform> {
  const [store, weights, card] = await Promise.all([
    openIndexedDbStore(place.name),
    openKeptWeights(place.name, new URL(place.page)),
    hasCard(),
  ]);
  const machine = card ? CARD : processor(threadsHere());
  return {
    get about(): Platform["about"] {
      return {
        ...machine,
        kind: "browser",
        networks: networksOf(weights),
        memory: defaultMemory(),
        size: SIZE,
      };
    },
    software,
    store,
    openRunner: async (network) =>
      openRunner({ network: network === "vgg19" ? await weights.file() : "built-in", reuse: true }),
    async readPicture(bytes, name, neededSize) {
      const own = ownBytes(bytes);
      const checksum = await checksumOf(blobSource(new Blob([own]), name));
      const picture = await decodePicture(own, name, { neededSize, memory: defaultMemory() });
      return { picture: { ...picture, checksum }, facts: { name, checksum } };
    },
    readRecipe: findRecipe,
    encode: (picture, options) => encodePicture(picture, "png", options),
    encodePreview,
    fetchWeights: weights.fetch,
    addWeights: weights.take,
  };
}

const CARD: Pick<About, "machine" | "note"> = { machine: "the graphics card, by WebGPU" };

function processor(threads: number): Pick<About, "machine" | "note"> {
  const machine = `${threads === 1 ? "1 thread" : `${threads} threads`} of the processor`;
  return { machine, note: "On the processor, slower: this browser offers no graphics card by WebGPU." };
}

const networksOf = ({ ready }: KeptWeights): About["networks"] => [
  { name: "built-in", ready: true },
  { name: "vgg19", ready, ...(ready ? {} : { fetch: PUBLIC_SIZE }) },
];

const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Uint8Array.from(bytes);

/** The longest side of what is looked at on the way. */
const LONGEST_PREVIEW = 2048;
const QUALITY = 0.85;

/** As JPEG, which is the quickest; as WebP where something shows through. */
async function encodePreview(picture: Picture): Promise<Blob> {
  const { width, height, alpha, profile = "srgb" } = picture;
  const ratio = Math.min(1, LONGEST_PREVIEW / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(ratio * width), Math.round(ratio * height));
  const context = canvas.getContext("2d", { colorSpace: profile });
  if (context === null) throw new ImpastoError("This browser draws no pictures: it has no 2d canvas.");
  const image = imageOf(picture);
  if (ratio === 1) context.putImageData(image, 0, 0);
  else context.drawImage(await createImageBitmap(image), 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: alpha === undefined ? "image/jpeg" : "image/webp", quality: QUALITY });
}

function imageOf(picture: Picture): ImageData {
  const { width, height, alpha, profile = "srgb" } = picture;
  const samples = toSamples(picture, 8);
  const channels = alpha === undefined ? 3 : 4;
  const image = new ImageData(width, height, { colorSpace: profile });
  image.data.fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      image.data[4 * pixel + channel] = samples[channels * pixel + channel];
    }
  }
  return image;
}
