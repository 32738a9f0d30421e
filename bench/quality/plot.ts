/**
 * Lines over time as an SVG that stands alone; both axes logarithmic, for most of the gain comes early.
 * @module
 */

import { escapeHtml } from "../../src/cli/html.ts";
import { figure } from "./figures.ts";

/** One line. */
export interface Series {
  readonly name: string;
  /** x and y, all above 0. */
  readonly points: readonly (readonly [number, number])[];
}

/** What is drawn. */
export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** A value to be compared with, as a dashed line. */
  readonly level?: { readonly name: string; readonly value: number };
}

const WIDTH = 760;
const HEIGHT = 420;
const EDGE = { left: 70, right: 190, top: 34, bottom: 46 };
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#555555"];

/** For each round through the colours. */
const DASHES = ["", ' stroke-dasharray="6 3"', ' stroke-dasharray="2 3"'];

/** Draws a plot. @returns an SVG document; without any point, axes alone. */
export function drawPlot({ title, x, y, series, level }: Plot): string {
  const lines = series.map(({ name, points }) => ({ name, points: points.filter(drawable) }));
  const points = lines.flatMap((line) => line.points);
  const across = axis(
    points.map(([value]) => value),
    EDGE.left,
    WIDTH - EDGE.right,
  );
  const up = axis(
    [...points.map(([, value]) => value), ...(level ? [level.value] : [])],
    HEIGHT - EDGE.bottom,
    EDGE.top,
  );
  const parts = [
    `<title>${escapeHtml(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(EDGE.left, 20, title, 'font-weight="bold"'),
    text((EDGE.left + WIDTH - EDGE.right) / 2, HEIGHT - 10, x, 'text-anchor="middle"'),
    text(0, 0, y, `text-anchor="middle" transform="translate(14 ${HEIGHT / 2}) rotate(-90)"`),
    ...across.ticks.map((tick) => {
      const at = round(across.place(tick));
      return `<path d="M${at} ${EDGE.top}V${HEIGHT - EDGE.bottom}" stroke="#ddd"/>${text(at, HEIGHT - EDGE.bottom + 16, figure(tick), 'text-anchor="middle"')}`;
    }),
    ...up.ticks.map((tick) => {
      const at = round(up.place(tick));
      return `<path d="M${EDGE.left} ${at}H${WIDTH - EDGE.right}" stroke="#ddd"/>${text(EDGE.left - 6, at + 4, figure(tick), 'text-anchor="end"')}`;
    }),
    ...(level ? [levelLine(level.name, round(up.place(level.value)))] : []),
    ...lines.map((line, index) => {
      const colour = COLOURS[index % COLOURS.length];
      const dash = DASHES[Math.floor(index / COLOURS.length) % DASHES.length];
      const path = line.points.map(([a, b]) => `${round(across.place(a))},${round(up.place(b))}`).join(" ");
      const legend = EDGE.top + 18 * index;
      const beside = WIDTH - EDGE.right + 10;
      return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.8"${dash}/><path d="M${beside} ${legend + 6}h18" stroke="${colour}" stroke-width="2.5"${dash}/>${text(beside + 24, legend + 10, line.name)}`;
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12">${parts.join("\n")}</svg>\n`;
}

const drawable = ([x, y]: readonly [number, number]): boolean =>
  x > 0 && y > 0 && Number.isFinite(x) && Number.isFinite(y);

const levelLine = (name: string, at: number): string =>
  `<path d="M${EDGE.left} ${at}H${WIDTH - EDGE.right}" stroke="#000" stroke-dasharray="3 3"/>${text(EDGE.left + 4, at - 4, name)}`;

/** A logarithmic axis from pixel `from` to pixel `to`, ending a little outside the values. */
function axis(
  values: readonly number[],
  from: number,
  to: number,
): { place(value: number): number; ticks: readonly number[] } {
  const low = Math.log10(values.reduce((a, b) => Math.min(a, b), values[0] ?? 1)) - 0.03;
  const high = Math.log10(values.reduce((a, b) => Math.max(a, b), values[0] ?? 10)) + 0.03;
  const place = (value: number) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  return { place, ticks: ticksBetween(low, high) };
}

/** Whole powers of ten where there are enough of them, else 1, 2 and 5 times each. */
function ticksBetween(low: number, high: number): readonly number[] {
  const steps =
    high - low > 4 ? [1] : high - low > 0.8 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const step of steps) {
      const tick = Number(`${step}e${power}`);
      if (Math.log10(tick) >= low && Math.log10(tick) <= high) ticks.push(tick);
    }
  }
  return ticks;
}

const round = (value: number): number => Number(value.toFixed(1));

const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${x}" y="${y}" ${attributes}>${escapeHtml(content)}</text>`;
