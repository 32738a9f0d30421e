/**
 * Colour profiles made for tests.
 * @module
 */

/** Latin letters as bytes. */
export const bytesOf = (text: string): readonly number[] => [...Buffer.from(text, "latin1")];

const uint32 = (value: number): readonly number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);

/** s15Fixed16Number. */
export const fixed = (value: number): readonly number[] => uint32(Math.round(value * 65_536));

/** A `curv` tag: nothing, a gamma in 256ths, or a table of 16-bit entries. */
export const curve = (entries: readonly number[]): readonly number[] => [
  ...bytesOf("curv\0\0\0\0"),
  ...uint32(entries.length),
  ...entries.flatMap((entry) => [entry >> 8, entry & 255]),
];

/** A `para` tag. */
export const formula = (kind: number, parameters: readonly number[]): readonly number[] => [
  ...bytesOf("para\0\0\0\0"),
  0,
  kind,
  0,
  0,
  ...parameters.flatMap(fixed),
];

/** An `XYZ ` tag. */
export const xyz = (...values: number[]): readonly number[] => [
  ...bytesOf("XYZ \0\0\0\0"),
  ...values.flatMap(fixed),
];

/** A `mft1` tag from RGB to L*a*b*: what each corner of the cube becomes, red changing slowest. */
export function table(corners: readonly (readonly [l: number, a: number, b: number])[]): readonly number[] {
  const ramp = Array.from({ length: 256 }, (_, i) => i);
  const coded = corners.flatMap(([l, a, b]) => [Math.round(l * 2.55), a + 128, b + 128]);
  const unity = [1, 0, 0, 0, 1, 0, 0, 0, 1].flatMap(fixed);
  const ramps = [...ramp, ...ramp, ...ramp];
  return [...bytesOf("mft1\0\0\0\0"), 3, 3, 2, 0, ...unity, ...ramps, ...coded, ...ramps];
}

/** A profile of some colour space with some tags, for a connection space. */
export function profileBytes(
  space: "GRAY" | "RGB ",
  tags: Readonly<Record<string, readonly number[]>>,
  connection: "XYZ " | "Lab " = "XYZ ",
): Uint8Array {
  const header = new Array<number>(128).fill(0);
  header.splice(8, 1, 2);
  header.splice(12, 12, ...bytesOf("scnr"), ...bytesOf(space), ...bytesOf(connection));
  header.splice(36, 4, ...bytesOf("acsp"));
  header.splice(68, 12, ...[0.9642, 1, 0.8249].flatMap(fixed));
  const names = Object.keys(tags);
  let at = 132 + 12 * names.length;
  const directory = names.flatMap((name) => {
    const entry = [...bytesOf(name), ...uint32(at), ...uint32(tags[name].length)];
    at += tags[name].length;
    return entry;
  });
  header.splice(0, 4, ...uint32(at));
  return Uint8Array.from([...header, ...uint32(names.length), ...directory, ...Object.values(tags).flat()]);
}
