/**
 * Bytes as text in ImageMagick's way, which is how it keeps XMP in a PNG and the one place where its versions without
 * `iTXt` look for it: a name, how many bytes there are, and the bytes in hexadecimal, 36 a line.
 * @module
 */

/** The PNG keyword of XMP that is written so. */
export const XMP_PROFILE_KEYWORD = "Raw profile type xmp";

/** Writes a text's UTF-8. */
export function writeRawProfile(name: string, text: string): string {
  const bytes = new TextEncoder().encode(text);
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const lines = digits.match(/.{1,72}/g) ?? [];
  return `\n${name}\n${String(bytes.length).padStart(8)}\n${lines.join("\n")}\n`;
}

/** Reads a text back, by whatever name; undefined when the bytes are not all there. */
export function readRawProfile(profile: string): string | undefined {
  const [, length = "", body = ""] = /^\s*\S+\s+(\d+)\s([\da-f\s]*)$/i.exec(profile) ?? [];
  const digits = body.replaceAll(/\s/g, "");
  if (length === "" || digits.length !== 2 * Number(length)) return undefined;
  const bytes = new Uint8Array(Number(length));
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return new TextDecoder().decode(bytes);
}
