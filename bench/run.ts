/**
 * Prints a table for a device: seconds per evaluation by objective, network and size, the optimiser's share of them, the time to open
 * the network, to make targets and compile, and peak memory. Run `npm run build` first. Each figure is the median of three runs;
 * the networks take turns, and their ratios come last. Then how many nodes an evaluation takes on each device, by kind.
 * Options: --device cpu|wasm|webgpu|…, --threads n, --runs n, --presets impasto,neural-style, --sizes 256x192,512x384,
 * --networks vgg19,built-in, --iterations n, --masks (two paintings of half the picture each, beside both blended)
 * @module
 */
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import { createOptimizer } from "../src/optimizer/create.ts";
import { nodeRows } from "./nodes.ts";

const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    presets: { type: "string", default: "impasto,neural-style" },
    sizes: { type: "string", default: "256x192,512x384" },
    networks: { type: "string", default: "vgg19,built-in" },
    iterations: { type: "string", default: "20" },
    device: { type: "string", default: "cpu" },
    threads: { type: "string" },
    masks: { type: "boolean", default: false },
  },
});

const caseSchema = z.object({
  device: z.string(),
  threads: z.number(),
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
  readonly styles: "one" | "blended" | "masked";
}

function runCase(which: BenchCase): z.infer<typeof caseSchema> {
  const iterations = Number(flags.iterations);
  const { device, threads } = flags;
  const place = { device, ...(threads === undefined ? {} : { threads: Number(threads) }) };
  const request = JSON.stringify({ ...which, ...place, iterations, scales: 1 });
  const script = fileURLToPath(new URL("case.js", import.meta.url));
  return caseSchema.parse(
    JSON.parse(execFileSync(process.execPath, [script, request], { encoding: "utf8" })),
  );
}

/** How much longer two paintings take that paint half of the picture each than the two blended, in turns. */
function maskRatios(): readonly string[] {
  const [preset = "", [width = 0, height = 0]] = [
    flags.presets.split(",")[0],
    flags.sizes.split(",").at(-1)?.split("x").map(Number) ?? [],
  ];
  return flags.networks.split(",").map((network) => {
    const common = { preset, network, width, height, history: HISTORIES[preset] ?? 8 };
    const ratios = Array.from({ length: Number(flags.runs) }, () => {
      const [blended, masked] = (["blended", "masked"] as const).map((styles) =>
        runCase({ ...common, styles }),
      );
      return (masked?.secondsPerEvaluation ?? Number.NaN) / (blended?.secondsPerEvaluation ?? Number.NaN);
    });
    return `${preset}, ${width}×${height}, ${network}: two masks take ${median(ratios).toFixed(2)} of the time of two paintings blended`;
  });
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
  "| objective | network | size | device, threads | s per evaluation | of it L-BFGS | open | targets and compiling | peak memory |",
);
console.log("|---|---|---|---|---|---|---|---|---|");
const ratios: string[] = [];
for (const preset of flags.presets.split(",")) {
  const history = HISTORIES[preset] ?? 8;
  for (const size of flags.sizes.split(",")) {
    const [width = 0, height = 0] = size.split("x").map(Number);
    const networks = flags.networks.split(",");
    // In turns, so that a machine that changes its pace changes it for all.
    const rounds = Array.from({ length: Number(flags.runs) }, () =>
      networks.map((network) => runCase({ preset, network, width, height, history, styles: "one" })),
    );
    const seconds = await optimizerSeconds(3 * width * height, history);
    const evaluations = networks.map((network, index) => {
      const of = (key: Exclude<keyof z.infer<typeof caseSchema>, "device">) =>
        median(rounds.map((round) => round[index]?.[key] ?? Number.NaN));
      const device = rounds[0]?.[index]?.device ?? "";
      // On a card it is no arithmetic of this process.
      const onProcessor = device === "cpu" || device === "wasm";
      const share = onProcessor
        ? `${((100 * seconds) / of("secondsPerEvaluation")).toFixed(0)} %`
        : "on the card";
      const cells = [
        preset,
        network,
        size.replace("x", "×"),
        `${device}, ${of("threads")}`,
        of("secondsPerEvaluation").toFixed(3),
        share,
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
if (flags.masks) ratios.push(...maskRatios());
console.log(`\n${ratios.join("\n")}`);
console.log("\n| objective | network | device | nodes | by kind |\n|---|---|---|---|---|");
const rows = await nodeRows(flags.presets.split(","), flags.networks.split(","));
console.log(rows.join("\n"));
