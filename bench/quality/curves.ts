/**
 * What is plotted of a pair: the loss as each configuration defines it, and, where pictures on the way were scored, the
 * judge's numbers, which can be compared with each other.
 * @module
 */
import { styleDistance } from "./comparison.ts";
import { drawPlot, type Plot, type Series } from "./plot.ts";
import { inEvaluations, type PairResults, type Result } from "./results.ts";
import type { Scores } from "./scores.ts";

/** Draws the plots of a pair, each under a short name. */
export function drawCurves(pair: PairResults): ReadonlyMap<string, string> {
  const inPytorch = pair.results.every(({ reference }) => reference !== undefined);
  const x = inPytorch ? "time in PyTorch evaluations" : "seconds";
  const time = (seconds: number, result: Result) =>
    inPytorch ? (inEvaluations(seconds, result) ?? seconds) : seconds;
  const draw = (what: string, y: string, plot: Pick<Plot, "series" | "level">) =>
    drawPlot({ title: `${pair.name}, ${what}`, x, y, ...plot });

  const losses = pair.results.map((result) => ({
    name: result.configuration,
    points: result.trace.map(({ seconds, loss }) => [time(seconds, result), loss ?? Number.NaN] as const),
  }));
  const curves = new Map([["loss", draw("loss", "loss, each in its own units", { series: losses })]]);
  if (pair.results.every(({ course }) => course.length === 0)) return curves;

  for (const { key, name, of } of JUDGED) {
    const series: Series[] = pair.results.map((result) => ({
      name: result.configuration,
      points: [...result.course, result].map(({ seconds, scores }) => [time(seconds, result), of(scores)]),
    }));
    const level = pair.peer && { name: pair.peer.name, value: of(pair.peer.scores) };
    curves.set(key, draw(name, name, { series, ...(level && { level }) }));
  }
  return curves;
}

const JUDGED = [
  { key: "w2", name: "style: geometric mean of W2", of: styleDistance },
  { key: "content", name: "content", of: ({ content }: Scores) => content },
  { key: "total", name: "neural-style's loss", of: ({ total }: Scores) => total },
] as const;
