/**
 * The steps that bring singular values from [least, 1] to 1: x ← a·x + b·x³ + c·x⁵, each the polynomial that comes closest to
 * 1 on the interval where the values are by then (Chen and Chow, 2014; Amsel et al., 2025). Newton and Schulz's own step,
 * a = 3/2 and b = −1/2, takes long where values are small.
 * @module
 */

/** A step x ← a·x + b·x³ + c·x⁵. */
export interface Step {
  readonly a: number;
  readonly b: number;
  /** 0 where the step is a cubic. */
  readonly c: number;
}

/** Where values are. */
type Interval = readonly [lo: number, hi: number];

/** So many cubics. */
export function cubicSteps(least: number, count: number): readonly Step[] {
  let interval: Interval = [least, 1];
  return Array.from({ length: count }, () => {
    const { step, after } = cubic(interval);
    interval = after;
    return step;
  });
}

/** Quintics, and a cubic last: fewer products in all, where a step takes three and a quintic one more. */
export function fewestSteps(least: number): readonly Step[] {
  let interval: Interval = [least, 1];
  const steps: Step[] = [];
  while (0.75 * (1 - interval[0]) ** 2 > CLOSE) {
    const { step, after } = quintic(interval);
    steps.push(step);
    interval = after;
  }
  return [...steps, cubic(interval).step];
}

/** How far from 1 values may end; a cubic makes 3/4 e² of a distance e. */
const CLOSE = 2e-7;

/** Equal values at both ends, as far below 1 as the largest value is above. */
function cubic([lo, hi]: Interval): { readonly step: Step; readonly after: Interval } {
  const q = lo ** 2 + lo * hi + hi ** 2;
  const peak = Math.sqrt(q / 3);
  const scale = 2 / (q * peak - peak ** 3 + q * lo - lo ** 3);
  return {
    step: { a: scale * q, b: -scale, c: 0 },
    after: [scale * (q * lo - lo ** 3), scale * (q * peak - peak ** 3)],
  };
}

/** By Remez's exchange: as far from 1, now below and now above, at both ends and at the two extrema between. */
function quintic([lo, hi]: Interval): { readonly step: Step; readonly after: Interval } {
  let points = [lo, 0.7 * lo + 0.3 * hi, 0.25 * lo + 0.75 * hi, hi];
  for (;;) {
    const [a = 0, b = 0, c = 0, distance = 0] = solve(
      points.map((x, i) => [x, x ** 3, x ** 5, i % 2 === 0 ? 1 : -1, 1]),
    );
    const root = Math.sqrt(9 * b * b - 20 * a * c);
    const extrema = [(-3 * b - root) / (10 * c), (-3 * b + root) / (10 * c)].map(Math.sqrt);
    const next = [lo, ...extrema.sort((x, y) => x - y), hi];
    const moved = Math.max(...next.map((x, i) => Math.abs(x - (points[i] ?? x))));
    points = next;
    if (moved < 1e-12) return { step: { a, b, c }, after: [1 - Math.abs(distance), 1 + Math.abs(distance)] };
  }
}

/** Solves linear equations by Gauss and Jordan's elimination. @param rows coefficients, and the right side last. */
function solve(rows: readonly (readonly number[])[]): readonly number[] {
  const table = rows.map((row) => [...row]);
  for (const column of table.keys()) {
    const below = table.slice(column);
    const best = below.reduce((a, b) => (Math.abs(b[column]) > Math.abs(a[column]) ? b : a));
    table.splice(table.indexOf(best), 1);
    table.splice(column, 0, best);
    for (const row of table) {
      if (row === best) continue;
      const factor = row[column] / best[column];
      for (let i = column; i < row.length; i++) row[i] -= factor * best[i];
    }
  }
  return table.map((row, i) => row[rows.length] / row[i]);
}
