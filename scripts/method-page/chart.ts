/**
 * Curves over evaluations, on a logarithmic scale, as an SVG of our own lines.
 * @module
 */

/** A curve's name, and its value at each evaluation, the first first. */
export type Curves = Readonly<Record<string, readonly number[]>>;

const [WIDTH, HEIGHT] = [640, 300];
const PLOT = { left: 60, right: 490, top: 15, bottom: 255 } as const;
const COLOURS = ["#1f5fa8", "#c4572a", "#3d8a4e"] as const;

/** The names at the curves' ends keep this distance. */
const LINE = 16;

const plainly = (value: number): string => String(Number(value.toFixed(1)));

/** Draws positive values; the title is for those who do not see them. */
export function drawChart(title: string, curves: Curves): string {
  const values = Object.values(curves).flat();
  const lowest = Math.floor(Math.log10(Math.min(...values)));
  const highest = Math.ceil(Math.log10(Math.max(...values)));
  const evaluations = Math.max(...Object.values(curves).map((curve) => curve.length));
  const x = (evaluation: number): number =>
    PLOT.left + ((PLOT.right - PLOT.left) * (evaluation - 1)) / (evaluations - 1);
  const y = (value: number): number =>
    PLOT.bottom - ((PLOT.bottom - PLOT.top) * (Math.log10(value) - lowest)) / (highest - lowest);
  const rows = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index).map((power) => {
    const at = plainly(y(10 ** power));
    return `<path d="M${PLOT.left} ${at}H${PLOT.right}" stroke="#ddd"/><text x="${PLOT.left - 8}" y="${at}" dy="4" text-anchor="end">1e${power}</text>`;
  });
  const columns = [1, ...[1, 2, 3].map((third) => Math.round((third * evaluations) / 3))].map(
    (evaluation) =>
      `<text x="${plainly(x(evaluation))}" y="${PLOT.bottom + 20}" text-anchor="middle">${evaluation}</text>`,
  );
  const lines = Object.values(curves).map((curve, index) => {
    const points = curve.map((value, i) => `${plainly(x(i + 1))} ${plainly(y(value))}`);
    return `<path d="M${points.join("L")}" fill="none" stroke="${COLOURS[index]}" stroke-width="2"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13" fill="#333">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...rows,
    ...columns,
    `<text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 40}" text-anchor="middle">evaluation</text>`,
    ...lines,
    ...names(curves, y),
    "</svg>\n",
  ].join("\n");
}

/** Each curve's name at its end, moved down where another stands there. */
function names(curves: Curves, y: (value: number) => number): readonly string[] {
  const ends = Object.entries(curves).map(([name, curve], index) => ({
    name,
    colour: COLOURS[index],
    y: y(curve.at(-1) ?? 1),
  }));
  let free = 0;
  return ends
    .sort((a, b) => a.y - b.y)
    .map(({ name, colour, y }) => {
      const at = Math.max(y, free);
      free = at + LINE;
      return `<text x="${PLOT.right + 8}" y="${plainly(at)}" dy="4" fill="${colour}">${name}</text>`;
    });
}
