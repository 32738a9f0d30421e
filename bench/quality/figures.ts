/**
 * How numbers are written in reports.
 * @module
 */

/** Three digits, with an exponent where the number is large or small. */
export function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) {
    const [mantissa, exponent] = value.toExponential(2).split("e");
    return `${mantissa}e${Number(exponent)}`;
  }
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : String(Number(value.toPrecision(3)));
}

/** A part of something else, always with two decimals. */
export const ratio = (value: number | undefined): string => (value === undefined ? "–" : value.toFixed(2));

/** A part of something else in hundredths. */
export const percent = (value: number | undefined): string =>
  value === undefined ? "–" : `${(100 * value).toFixed(0)} %`;
