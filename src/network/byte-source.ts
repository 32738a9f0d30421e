/**
 * Bytes that are read a part at a time, wherever they are: in a file that is open, one that a page was given, or in memory.
 * @module
 */

/** Bytes, and what messages call them. */
export interface ByteSource {
  /** A file's name, most often with its path. */
  readonly name: string;
  readonly size: number;
  /** Reads what is from `begin` up to `end`, into an array of its own; less where the file has become shorter. */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * The bytes of a file that a page was given, of an answer from the network, or of an array.
 * @example
 * const weights = blobSource(await (await fetch(address)).blob(), "vgg19.safetensors");
 */
export const blobSource = (blob: Blob, name: string): ByteSource => ({
  name,
  size: blob.size,
  read: async (begin, end) => new Uint8Array(await blob.slice(begin, end).arrayBuffer()),
});

/** SHA-256 of all bytes, in hexadecimal; they are in memory at once. */
export async function checksumOf(source: ByteSource): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await source.read(0, source.size));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
