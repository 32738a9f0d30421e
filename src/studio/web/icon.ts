/**
 * The studio's mark, drawn: four strokes of a loaded brush, as SVG.
 * @module
 */

/** Strokes from the upper left to the lower right, each with its colour and the hairs' lighter one. */
const STROKES = [
  { colour: "#1f4e8c", light: "#4d82c4", top: 118 },
  { colour: "#e0a526", light: "#f6cd62", top: 206 },
  { colour: "#c8452d", light: "#ea7a5c", top: 294 },
  { colour: "#2f7d5b", light: "#5fb08b", top: 382 },
] as const;

/** Where a stroke's hairs run beside its middle, and how wide they are. */
const HAIRS = [
  { beside: -18, width: 5 },
  { beside: -3, width: 3 },
  { beside: 14, width: 6 },
] as const;

/** The mark as an SVG of 512 pixels; nothing of it comes near its edges, which systems may cut off round. */
export function drawIcon(): string {
  const strokes = STROKES.map(({ colour, light, top }) => {
    const path = (beside: number): string => {
      const y = top + beside;
      return `M110 ${y}C190 ${y - 46} 300 ${y + 46} 402 ${y - 8}`;
    };
    const hairs = HAIRS.map(
      ({ beside, width }) => `<path d="${path(beside)}" stroke="${light}" stroke-width="${width}"/>`,
    );
    return `<path d="${path(0)}" stroke="${colour}" stroke-width="62"/>${hairs.join("")}`;
  });
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">',
    '<rect width="512" height="512" rx="96" fill="#f6efe2"/>',
    `<g fill="none" stroke-linecap="round">${strokes.join("")}</g></svg>`,
  ].join("");
}
