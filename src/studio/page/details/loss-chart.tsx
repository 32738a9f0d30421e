/**
 * The losses as lines, a term each, on a logarithmic scale: what counts is how they fall, not where they are.
 * @module
 */
import { useStudio } from "../context.ts";
import { type LossLine, linesOf } from "../state/losses.ts";

const WIDTH = 268;
const HEIGHT = 120;

export function Details() {
  const { losses, runs } = useStudio();
  return (
    <details class="section details" onToggle={({ currentTarget }) => losses.show(currentTarget.open)}>
      <summary>
        <h2>Details</h2>
      </summary>
      {runs.current.value === undefined ? (
        <p class="hint">While a picture is painted, its losses are drawn here.</p>
      ) : (
        <LossChart lines={linesOf(losses.points.value)} />
      )}
    </details>
  );
}

export function LossChart({ lines }: { readonly lines: readonly LossLine[] }) {
  const all = lines.flatMap(({ points }) => points);
  const last = Math.max(1, ...all.map(({ x }) => x));
  const logs = all.map(({ y }) => Math.log10(y));
  const [least, most] = [Math.floor(Math.min(0, ...logs)), Math.ceil(Math.max(least0(logs), ...logs))];
  const place = ({ x, y }: { readonly x: number; readonly y: number }): string => {
    const height = (Math.log10(y) - least) / Math.max(1, most - least);
    return `${((WIDTH * x) / last).toFixed(1)},${(HEIGHT * (1 - height)).toFixed(1)}`;
  };
  return (
    <figure class="loss">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summaryOf(lines)}>
        <title>Losses</title>
        {Array.from({ length: most - least + 1 }, (_, step) => (
          <line
            key={step}
            class="gridline"
            x1="0"
            x2={WIDTH}
            y1={(HEIGHT * step) / Math.max(1, most - least)}
            y2={(HEIGHT * step) / Math.max(1, most - least)}
          />
        ))}
        {lines.map(({ term, points }, index) => (
          <polyline key={term} class={`line line-${index % 5}`} points={points.map(place).join(" ")} />
        ))}
      </svg>
      <figcaption>
        <ul>
          {lines.map(({ term, newest }, index) => (
            <li key={term}>
              <span class={`key line-${index % 5}`} aria-hidden="true" />
              {term} <span class="dim">{newest.toPrecision(3)}</span>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

const least0 = (logs: readonly number[]): number => (logs.length === 0 ? 1 : Number.NEGATIVE_INFINITY);

const summaryOf = (lines: readonly LossLine[]): string =>
  lines.length === 0
    ? "No losses yet"
    : lines
        .map(
          ({ term, points, newest }) =>
            `${term} from ${points[0]?.y.toPrecision(2)} to ${newest.toPrecision(2)}`,
        )
        .join(", ");
