/**
 * The contact sheet: one HTML file that needs no other. Pictures at 100 %, regions of them twice as large, numbers beneath.
 * @module
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { escapeHtml } from "../../src/cli/html.ts";
import { readMetadata } from "../../src/image/sharp.node.ts";
import { compare, passes, styleDistance } from "./comparison.ts";
import { drawCurves } from "./curves.ts";
import { figure, ratio } from "./figures.ts";
import { inEvaluations, type PairResults, type Result, type Results } from "./results.ts";
import { type Scores, STYLE_LAYERS } from "./scores.ts";

/** A picture, held once in the page as the background of a class and shown as often as need be. */
interface Shown {
  readonly className: string;
  readonly width: number;
  readonly height: number;
}

/** Pixels of a region's side, before it is enlarged. */
const REGION = 96;
const ENLARGED = 2;

/** Writes the sheet. @param folder that the results' paths are relative to. */
export async function writeSheet(results: Results, folder: string): Promise<string> {
  const rules: string[] = [];
  const show = async (path: string): Promise<Shown> => {
    const bytes = await readFile(resolve(folder, path));
    const { width, height, format } = await readMetadata(bytes, path);
    const className = `p${rules.length}`;
    const url = `data:image/${format};base64,${bytes.toString("base64")}`;
    rules.push(`.${className}{background-image:url(${url})}`);
    return { className, width, height };
  };
  const sections: string[] = [];
  for (const pair of results.pairs) sections.push(await section(pair, show));
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>impasto: contact sheet</title>
<style>${STYLE}${rules.join("\n")}</style>
<h1>Contact sheet</h1>
<p>${escapeHtml(`${results.machine}, program ${results.software}. Pictures at 100 %, regions at ${ENLARGED}00 %. Ratios are to the peer's picture.`)}</p>
${sections.join("\n")}
</html>
`;
}

const STYLE = `body{font:13px sans-serif;margin:16px;background:#eee;color:#111}
.row{display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start}
figure{margin:0;padding:8px;background:#fff}figcaption{font-weight:bold;margin-bottom:6px}
.picture,.region{background-repeat:no-repeat;image-rendering:pixelated}
.regions{display:flex;flex-wrap:wrap;gap:4px;margin:6px 0}
td,th{text-align:right;padding:1px 6px;font-variant-numeric:tabular-nums}
.pass{color:#060}.fail{color:#a00}
`;

type Show = (path: string) => Promise<Shown>;

async function section(pair: PairResults, show: Show): Promise<string> {
  const content = await show(pair.content);
  const figures = [
    figureOf("content", content, regions(pair, content), ""),
    figureOf("style", await show(pair.style), "", ""),
  ];
  if (pair.peer) {
    const shown = await show(pair.peer.picture);
    figures.push(figureOf(pair.peer.name, shown, regions(pair, shown), scoreTable(pair.peer.scores)));
  }
  for (const result of pair.results) {
    const shown = await show(result.picture);
    const facts = `${cost(result)}${verdict(result, pair)}${scoreTable(result.scores, pair.peer?.scores)}`;
    figures.push(figureOf(result.configuration, shown, regions(pair, shown), facts));
  }
  const plots = [...drawCurves(pair).values()];
  return `<h2>${escapeHtml(pair.name)}, ${pair.size} px</h2>
<div class="row">${figures.join("\n")}</div>
<div class="row">${plots.join("\n")}</div>`;
}

const figureOf = (name: string, shown: Shown, closer: string, facts: string): string =>
  `<figure><figcaption>${escapeHtml(name)}</figcaption>${box("picture", name, shown, shown, "")}${closer}${facts}</figure>`;

function regions({ regions: wanted }: PairResults, shown: Shown): string {
  const side = { width: Math.min(REGION, shown.width), height: Math.min(REGION, shown.height) };
  const boxes = wanted.map(({ x, y }) => {
    const left = start(x, shown.width, side.width);
    const top = start(y, shown.height, side.height);
    const size = { width: ENLARGED * side.width, height: ENLARGED * side.height };
    const place = `background-size:${ENLARGED * shown.width}px ${ENLARGED * shown.height}px;background-position:${-ENLARGED * left}px ${-ENLARGED * top}px`;
    return box("region", `region at ${left}, ${top}`, shown, size, place);
  });
  return `<div class="regions" style="max-width:${Math.max(shown.width, 3 * ENLARGED * REGION + 8)}px">${boxes.join("")}</div>`;
}

/** Where a region begins whose centre is at a fraction of a side, moved inside where it would stick out. */
const start = (fraction: number, whole: number, part: number): number =>
  Math.round(Math.min(whole - part, Math.max(0, fraction * whole - part / 2)));

const box = (
  kind: string,
  name: string,
  { className }: Shown,
  { width, height }: { readonly width: number; readonly height: number },
  style: string,
): string =>
  `<div role="img" aria-label="${escapeHtml(name)}" class="${kind} ${className}" style="width:${width}px;height:${height}px;${style}"></div>`;

const cost = (result: Result): string =>
  `<div>${figure(inEvaluations(result.seconds, result))} PyTorch evaluations; ${result.seconds.toFixed(1)} s, ${result.evaluations} evaluations, ${(result.peakMemory / 1e9).toFixed(2)} GB</div>`;

function verdict({ scores }: Result, { peer }: PairResults): string {
  if (peer === undefined) return "";
  const comparison = compare(scores, peer.scores);
  const [kind, word] = passes(comparison) ? ["pass", "passes"] : ["fail", "fails"];
  return `<div class="${kind}"><b>${word}</b>: content × ${ratio(comparison.content)}, W2 × ${ratio(comparison.w2)}, worst × ${ratio(comparison.worstW2)}</div>`;
}

function scoreTable(scores: Scores, peer?: Scores): string {
  const row = (name: string, ...cells: readonly string[]) =>
    `<tr><th>${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  const part = (own: number, other: number | undefined) =>
    other === undefined ? "" : `× ${ratio(own / other)}`;
  return `<table>${[
    row("content", figure(scores.content), part(scores.content, peer?.content)),
    row("W2 mean", figure(styleDistance(scores)), part(styleDistance(scores), peer && styleDistance(peer))),
    ...STYLE_LAYERS.map((layer) =>
      row(
        layer,
        `W2 ${figure(scores.w2[layer])}`,
        part(scores.w2[layer], peer?.w2[layer]),
        `Gram ${figure(scores.style[layer])}`,
      ),
    ),
    row("TV", figure(scores.tv), part(scores.tv, peer?.tv)),
  ].join("")}</table>`;
}
