/**
 * Prints a table: seconds per evaluation by objective, network and size, the optimiser's share of them, the time to open
 * the network, to make targets and compile, and peak memory. Run `npm run build` first. Each figure is the median of three runs;
 * the networks take turns, and their ratios come last. Then how many nodes an evaluation takes on each device, by kind.
 * Options: --runs n, --presets impasto,neural-style, --sizes 256x192,512x384, --networks vgg19,built-in
 * @module
 */
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { createOptimizer } from "../src/optimizer/create.ts";
import { nodeRows } from "./nodes.ts";

const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    presets: { type: "string", default: "impasto,neural-style" },
    sizes: { type: "string", default: "256x192,512x384" },
    networks: { type: "string", default: "vgg19,built-in" },
    iterations: { type: "string", default: "20" },
  },
});

const caseSchema = z.object({
  open: z.number(),
  firstStep: z.number(),
  secondsPerEvaluation: z.number(),
  peakMemory: z.number(),
});

/** L-BFGS's history: the default preset's, and one that is full within a run. */
const HISTORIES: Readonly<Record<string, number>> = { impasto: 4, "neural-style": 8 };
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

interface BenchCase {
  readonly preset: string;
  readonly network: string;
  readonly width: number;
  readonly height: number;
  readonly history: number;
}

function runCase(which: BenchCase): z.infer<typeof caseSchema> {
  const iterations = Number(flags.iterations);
  const request = JSON.stringify({ ...which, iterations, scales: 1 });
  const script = fileURLToPath(new URL("case.js", import.meta.url));
  return caseSchema.parse(
    JSON.parse(execFileSync(process.execPath, [script, request], { encoding: "utf8" })),
  );
}

/** Seconds of L-BFGS's own arithmetic in one step, with its memory full. */
async function optimizerSeconds(variables: number, history: number): Promise<number> {
  const settings = { kind: "lbfgs", manner: "pytorch", history } as const;
  const optimizer = await createOptimizer(new Float32Array(variables), settings);
  const seconds: number[] = [];
  for (let step = 0; step < history + 7; step++) {
    const gradient = optimizer.point.map((value, index) => (value - 1) * (1 + (index % 97)));
    const began = performance.now();
    await optimizer.tell(0, gradient);
    seconds.push((performance.now() - began) / 1000);
  }
  return median(seconds.slice(history));
}

console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  "| objective | network | size | s per evaluation | of it L-BFGS | open | targets and compiling | peak memory |",
);
console.log("|---|---|---|---|---|---|---|---|");
const ratios: string[] = [];
for (const preset of flags.presets.split(",")) {
  const history = HISTORIES[preset] ?? 8;
  for (const size of flags.sizes.split(",")) {
    const [width = 0, height = 0] = size.split("x").map(Number);
    const networks = flags.networks.split(",");
    // In turns, so that a machine that changes its pace changes it for all.
    const rounds = Array.from({ length: Number(flags.runs) }, () =>
      networks.map((network) => runCase({ preset, network, width, height, history })),
    );
    const seconds = await optimizerSeconds(3 * width * height, history);
    const evaluations = networks.map((network, index) => {
      const of = (key: keyof z.infer<typeof caseSchema>) =>
        median(rounds.map((round) => round[index]?.[key] ?? Number.NaN));
      const share = seconds / of("secondsPerEvaluation");
      const cells = [
        preset,
        network,
        size.replace("x", "×"),
        of("secondsPerEvaluation").toFixed(3),
        `${(100 * share).toFixed(0)} %`,
        `${of("open").toFixed(2)} s`,
        `${(of("firstStep") - of("secondsPerEvaluation")).toFixed(2)} s`,
        `${(of("peakMemory") / 1e9).toFixed(2)} GB`,
      ];
      console.log(`| ${cells.join(" | ")} |`);
      return of("secondsPerEvaluation");
    });
    for (const [index, network] of networks.entries()) {
      if (index === 0) continue;
      const ratio = (evaluations[0] ?? Number.NaN) / (evaluations[index] ?? Number.NaN);
      ratios.push(
        `${preset}, ${size.replace("x", "×")}: ${networks[0]} takes ${ratio.toFixed(1)} times as long as ${network}`,
      );
    }
  }
}
console.log(`\n${ratios.join("\n")}`);
console.log("\n| objective | network | device | nodes | by kind |\n|---|---|---|---|---|");
const rows = await nodeRows(flags.presets.split(","), flags.networks.split(","));
console.log(rows.join("\n"));
