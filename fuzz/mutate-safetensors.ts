/**
 * Safetensors files whose header says something else: its JSON is changed as JSON, and so is what stands as JSON in its
 * texts, while lengths are kept right, so that readers get beyond the first check.
 * @module
 */
import type { Random } from "../training/random.ts";
import { oneOf } from "./kind.ts";
import { mutatedText, mutateJson } from "./mutate-json.ts";

const LENGTH_BYTES = 8;

/** Changes the header; undefined for what has none. */
export function mutateSafetensors(bytes: Uint8Array, random: Random): Uint8Array | undefined {
  const parts = split(bytes);
  if (parts === undefined) return undefined;
  const { header, data } = parts;
  const texts = "__metadata__" in header ? header.__metadata__ : undefined;
  if (!(texts instanceof Object) || random.below(4) === 0) return joined(mutatedText(header, random), data);
  const [name, text] = oneOf(Object.entries(texts), random);
  const value = typeof text === "string" ? parse(text) : undefined;
  const changed = value === undefined ? mutateJson(text, random) : mutatedText(value, random);
  return joined(JSON.stringify({ ...header, __metadata__: { ...texts, [name]: changed } }), data);
}

function split(bytes: Uint8Array): { readonly header: object; readonly data: Uint8Array } | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, end)));
  return header instanceof Object ? { header, data: bytes.subarray(end) } : undefined;
}

function joined(header: string, data: Uint8Array): Uint8Array {
  const json = Buffer.from(header);
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([head, json, data]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
