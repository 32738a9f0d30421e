/**
 * The results as Markdown: a row for each pair and configuration.
 * @module
 */
import { type Comparison, compare, LIMITS, passes, styleDistance } from "./comparison.ts";
import { figure, percent, ratio } from "./figures.ts";
import { worstEstimate } from "./progress.ts";
import { counterpart, inEvaluations, type PairResults, type Result, type Results } from "./results.ts";
import { type Scores, STYLE_LAYERS } from "./scores.ts";

/** Writes the table. @param earlier results to compare with. */
export function writeTable(results: Results, earlier: Results | undefined): string {
  const rows = results.pairs.flatMap((pair) => [
    ...(pair.peer
      ? [[pair.name, pair.peer.name, "", "", "", "", "", "", ...scoreCells(pair.peer.scores), "", "", "", ""]]
      : []),
    ...pair.results.map((result) => [
      pair.name,
      result.configuration,
      ...costCells(result),
      ...scoreCells(result.scores),
      ...peerCells(pair.peer && compare(result.scores, pair.peer.scores)),
    ]),
  ]);
  return [
    `${results.machine}, program ${results.software}`,
    "",
    ...table(HEADINGS, rows),
    "",
    `PyTorch evaluations: the whole run's seconds over those of one evaluation in PyTorch. Ratios are to the peer's picture; pass: content ≤ ${LIMITS.content}, geometric mean of W2 ≤ ${LIMITS.w2}, none above ${LIMITS.worstW2}.`,
    ...(earlier ? ["", ...baselineTable(results, earlier)] : []),
    "",
  ].join("\n");
}

const HEADINGS = [
  "pair",
  "configuration",
  "PyTorch evaluations",
  "seconds",
  "evaluations",
  "first picture",
  "time left off by",
  "peak memory",
  "content",
  ...STYLE_LAYERS.map((layer) => `W2 ${layer}`),
  "W2 mean",
  ...STYLE_LAYERS.map((layer) => `Gram ${layer}`),
  "TV",
  "content ratio",
  "W2 ratio",
  "worst W2 ratio",
  "pass",
];

/** What a result cost: PyTorch evaluations, seconds, evaluations, how its progress went, memory. */
const costCells = (result: Result): readonly string[] => [
  figure(inEvaluations(result.seconds, result)),
  result.seconds.toFixed(1),
  String(result.evaluations),
  `${figure(result.trace[0]?.seconds)} s`,
  percent(worstEstimate(result)),
  `${(result.peakMemory / 1e9).toFixed(2)} GB`,
];

const scoreCells = (scores: Scores): readonly string[] => [
  figure(scores.content),
  ...STYLE_LAYERS.map((layer) => figure(scores.w2[layer])),
  figure(styleDistance(scores)),
  ...STYLE_LAYERS.map((layer) => figure(scores.style[layer])),
  figure(scores.tv),
];

const peerCells = (comparison: Comparison | undefined): readonly string[] => [
  ratio(comparison?.content),
  ratio(comparison?.w2),
  ratio(comparison?.worstW2),
  comparison === undefined ? "–" : passes(comparison) ? "yes" : "no",
];

function baselineTable(results: Results, earlier: Results): readonly string[] {
  const rows = results.pairs.flatMap((pair) =>
    pair.results.flatMap((result) => baselineRow(pair, result, counterpart(earlier, pair, result))),
  );
  return [
    `Against program ${earlier.software} (below 1 is better):`,
    "",
    ...table(["pair", "configuration", "content", "W2", "worst W2", "time"], rows),
  ];
}

/** Time is compared in PyTorch evaluations where both have them, for the machine may be busier now. */
function baselineRow(pair: PairResults, result: Result, before: Result | undefined): readonly string[][] {
  if (before === undefined) return [];
  const { content, w2, worstW2 } = compare(result.scores, before.scores);
  const now = inEvaluations(result.seconds, result);
  const then = inEvaluations(before.seconds, before);
  const time = now !== undefined && then !== undefined ? now / then : result.seconds / before.seconds;
  return [[pair.name, result.configuration, ...[content, w2, worstW2, time].map(ratio)]];
}

const table = (headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [headings, headings.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`);

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
