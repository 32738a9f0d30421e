/**
 * Tries configurations on pairs of pictures, scores what comes of them, and writes results.json, table.md, sheet.html and
 * plots. Stopped and started again, it goes on where it was. `npm run bench:quality -- --help` tells the options.
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { checksumOfFile } from "../../src/image/file.node.ts";
import { writeAtomically } from "../../src/image/write.node.ts";
import { locateWeights } from "../../src/network/locate.node.ts";
import { compare, passes } from "./comparison.ts";
import { drawCurves } from "./curves.ts";
import { type Configuration, type Pair, readConfigurations, readPairs } from "./plan.ts";
import { openReference } from "./reference.ts";
import { type PairResults, type Result, type Results, readResults } from "./results.ts";
import { type Bench, runCase, type StoredCase } from "./run-case.ts";
import { openScoring, type ScoreFile } from "./scoring.ts";
import { writeSheet } from "./sheet.ts";
import { holdSoftware } from "./software.ts";
import { writeTable } from "./table.ts";
import { makeTargets } from "./targets.ts";

const HELP = `npm run bench:quality -- [options]      after npm run build

  --pairs <file>            pairs of pictures as JSON (default: those in examples/)
  --pictures <folder>       where the pairs' pictures are (default: the folder of that file)
  --configurations <file>   configurations as JSON
  --pair <name,...>         only these pairs
  --configuration <name,...>  only these configurations
  --out <folder>            where everything is kept (default: bench/results/quality)
  --baseline <results.json> compare with an earlier run
  --any-software            take results of earlier versions of the program, where there are any
  --judge-trace             score pictures on the way, too
  --reference <command>     prints the seconds of a PyTorch evaluation, given width and height
  --reference-seconds <json>  the same by size, such as {"256x192": 0.32}

  --score <picture> --content <picture> --style <picture> --size <n> [--peer <picture>]
                            only score a picture, and print JSON

IMPASTO_WEIGHTS names the weights that the judge sees with.`;

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const { values: flags } = parseArgs({
  options: {
    pairs: { type: "string", default: here("pairs.json") },
    pictures: { type: "string" },
    configurations: { type: "string", default: here("configurations.json") },
    pair: { type: "string" },
    configuration: { type: "string" },
    out: { type: "string", default: here("../results/quality") },
    baseline: { type: "string" },
    "any-software": { type: "boolean", default: false },
    "judge-trace": { type: "boolean", default: false },
    reference: { type: "string" },
    "reference-seconds": { type: "string" },
    score: { type: "string" },
    content: { type: "string" },
    style: { type: "string" },
    size: { type: "string", default: "512" },
    peer: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const folder = resolve(flags.out);
const folders = {
  cases: join(folder, "cases"),
  scores: join(folder, "scores"),
  targets: join(folder, "targets"),
};

if (flags.help) console.log(HELP);
else {
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true });
  const weights = await weightsChecksum();
  if (weights === "")
    throw new Error("Name VGG-19's weights in IMPASTO_WEIGHTS: results are scored with them.");
  const scoring = openScoring(weights, folders.scores);
  if (flags.score === undefined) await runAll(weights, scoring);
  else await scoreOne(flags.score, scoring);
}

async function weightsChecksum(): Promise<string> {
  const located = locateWeights(process.env);
  return located === undefined ? "" : checksumOfFile(located.path);
}

async function scoreOne(picture: string, scoring: ReturnType<typeof openScoring>): Promise<void> {
  const { content, style, peer } = flags;
  if (content === undefined || style === undefined) throw new Error("--score needs --content and --style.");
  const pair: Pair = { name: "score", content, style, size: Number(flags.size), regions: [] };
  const score = await scoring(await makeTargets(pair, folders.targets));
  const scores = await score(picture);
  const toPeer = peer === undefined ? undefined : compare(scores, await score(peer));
  console.log(JSON.stringify({ ...scores, ...(toPeer && { toPeer, passes: passes(toPeer) }) }));
}

async function runAll(weights: string, scoring: ReturnType<typeof openScoring>): Promise<void> {
  const pairs = named(await readPairs(flags.pairs, flags.pictures), flags.pair);
  const configurations = named(await readConfigurations(flags.configurations), flags.configuration);
  const earlier = flags.baseline === undefined ? undefined : await readResults(flags.baseline);
  const software = await holdSoftware();
  const bench: Bench = {
    software,
    weights,
    folder: folders.cases,
    anySoftware: flags["any-software"],
    reference: openReference(flags["reference-seconds"], flags.reference),
  };
  const done: PairResults[] = [];
  for (const pair of pairs) {
    done.push(await runPair(pair, configurations, bench, scoring));
    await report(
      {
        machine: `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`,
        software: software.version,
        weights,
        pairs: done,
      },
      earlier,
    );
  }
  console.log(join(folder, "sheet.html"));
}

/** Those that were asked for. */
function named<Item extends { readonly name: string }>(
  items: readonly Item[],
  names: string | undefined,
): readonly Item[] {
  if (names === undefined) return items;
  return names.split(",").map((name) => {
    const found = items.find((item) => item.name === name);
    if (found === undefined) {
      throw new Error(`Expected one of ${items.map((item) => item.name).join(", ")} but received "${name}".`);
    }
    return found;
  });
}

async function runPair(
  pair: Pair,
  configurations: readonly Configuration[],
  bench: Bench,
  scoring: ReturnType<typeof openScoring>,
): Promise<PairResults> {
  const targets = await makeTargets(pair, folders.targets);
  const score = await scoring(targets);
  const results: Result[] = [];
  for (const configuration of configurations) {
    try {
      results.push(await scored(await runCase(pair, configuration, targets.content.picture, bench), score));
    } catch (error) {
      // One that fails, by diverging for instance, does not keep the others from being tried.
      process.exitCode = 1;
      console.error(`${pair.name}, ${configuration.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return {
    name: pair.name,
    size: pair.size,
    content: local(targets.content.path),
    style: local(targets.style.path),
    regions: pair.regions,
    ...(pair.peer && {
      peer: {
        name: pair.peer.name,
        picture: local(pair.peer.picture),
        scores: await score(pair.peer.picture),
      },
    }),
    results,
  };
}

async function scored({ output, ...found }: StoredCase, score: ScoreFile): Promise<Result> {
  const course: Result["course"] = [];
  for (const [index, seconds] of flags["judge-trace"] ? found.snapshots.entries() : []) {
    course.push({ seconds, scores: await score(`${output}-${index}.png`) });
  }
  return { ...found, picture: local(`${output}.png`), scores: await score(`${output}.png`), course };
}

function local(path: string): string {
  return relative(folder, path);
}

async function report(results: Results, earlier: Results | undefined): Promise<void> {
  await writeAtomically(join(folder, "results.json"), Buffer.from(JSON.stringify(results)));
  await writeFile(join(folder, "table.md"), writeTable(results, earlier));
  await writeFile(join(folder, "sheet.html"), await writeSheet(results, folder));
  for (const pair of results.pairs) {
    for (const [name, svg] of drawCurves(pair))
      await writeFile(join(folder, `${pair.name}-${name}.svg`), svg);
  }
}
