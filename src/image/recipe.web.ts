/**
 * Reads the recipe back out of a picture that impasto wrote, in a browser: out of a PNG's texts, and out of XMP wherever in
 * a file it stands in one piece, as in JPEG and WebP.
 * @module
 */
import { decodeText, findPngText, LONGEST_TEXT } from "./png-text.ts";
import { readRawProfile, XMP_PROFILE_KEYWORD } from "./raw-profile.ts";
import { RECIPE_KEYWORD } from "./recipe-chunks.ts";
import { readXmp, XMP_KEYWORD } from "./xmp.ts";

/**
 * Finds the recipe in a picture file.
 * @returns Undefined where there is none.
 * @example const recipe = await findRecipe(new Uint8Array(await file.arrayBuffer()));
 */
export async function findRecipe(bytes: Uint8Array): Promise<string | undefined> {
  const plain = await readPngText(bytes, RECIPE_KEYWORD);
  if (plain !== undefined) return plain;
  const packet = (await readPngText(bytes, XMP_KEYWORD)) ?? packetIn(bytes);
  const found = packet && readXmp(packet);
  if (found !== undefined) return found;
  const profile = await readPngText(bytes, XMP_PROFILE_KEYWORD);
  const inProfile = profile && readRawProfile(profile);
  return inProfile ? readXmp(inProfile) : undefined;
}

async function readPngText(png: Uint8Array, keyword: string): Promise<string | undefined> {
  const text = findPngText(png, keyword);
  const bytes = text?.compressed ? await inflate(text.bytes) : text?.bytes;
  return bytes && decodeText(bytes);
}

/** Undefined for what is damaged, or grows longer than any recipe. */
async function inflate(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const plain = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    const reader = plain.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      if (length > LONGEST_TEXT) {
        await reader.cancel();
        return undefined;
      }
      parts.push(Uint8Array.from(part.value));
    }
  } catch {
    return undefined;
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

const [PACKET_BEGINS, PACKET_ENDS] = ["<x:xmpmeta", "</x:xmpmeta>"];

/** The first packet of XMP that stands in a file as it is. */
function packetIn(bytes: Uint8Array): string | undefined {
  // One letter a byte, so that places are the same.
  const letters = new TextDecoder("latin1").decode(bytes);
  const begin = letters.indexOf(PACKET_BEGINS);
  const end = begin < 0 ? -1 : letters.indexOf(PACKET_ENDS, begin);
  return end < 0 || end - begin > LONGEST_TEXT ? undefined : decodeText(bytes.subarray(begin, end));
}
