/**
 * Display P3 said of a file: the profile that libvips carries, as it stands in every format, and as PNG has it in chunks.
 * @module
 */

import { deflateSync } from "node:zlib";
import { required } from "../required.ts";
import { DISPLAY_P3 } from "./cicp.ts";
import type { PngChunk } from "./png-chunks.ts";
import { openOwn, openRaw } from "./sharp.node.ts";

/** PNG's name for the profile. */
const NAME = "Display P3";

let found: Promise<Uint8Array> | undefined;

/** The profile (ICC.1). */
export function displayP3(): Promise<Uint8Array> {
  found ??= askLibvips();
  return found;
}

async function askLibvips(): Promise<Uint8Array> {
  const one = await openRaw(new Uint8Array(3), { width: 1, height: 1, channels: 3 });
  const tagged = await one.withIccProfile("p3").png().toBuffer();
  const { icc } = await (await openOwn(tagged)).metadata();
  return required(icc, "profile of Display P3");
}

/** Code points for programs that know them, which are the exact ones, and the profile for all others. */
export const displayP3Chunks = async (): Promise<readonly Pick<PngChunk, "type" | "data">[]> => [
  { type: "cICP", data: Uint8Array.from(DISPLAY_P3) },
  {
    type: "iCCP",
    data: Buffer.concat([Buffer.from(`${NAME}\0\0`, "latin1"), deflateSync(await displayP3())]),
  },
];
