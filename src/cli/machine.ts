/**
 * What impasto finds on this machine, for whoever helps when something does not work: each part is looked at by itself, and
 * one that fails says why. Nothing is asked of the network, and nothing is told of a person but where files are.
 * @module
 */
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import type { Picture } from "../image/picture.ts";
import { jobOf } from "../job/recipe.ts";
import { openRunner } from "../job/worker-runner.node.ts";
import { checkWeights } from "../network/check.node.ts";
import { cacheFolderOf, type Environment, locateWeights } from "../network/locate.node.ts";
import { required } from "../required.ts";
import { coreCount } from "../runtime/cores.node.ts";
import { memoryToUse, readMemoryFacts } from "../transfer/available-memory.node.ts";
import { defaultMemory } from "../transfer/engine.node.ts";
import type { Options } from "../transfer/options.ts";
import { readVersion } from "./version.ts";

/** A part that does not work. */
export interface Problem {
  readonly problem: string;
}

/** Whether a part does not work. */
export const isProblem = (part: object): part is Problem => "problem" in part;

/** What a part has to say; where it fails, why. */
export async function orProblem<Part>(examine: () => Promise<Part>): Promise<Part | Problem> {
  try {
    return await examine();
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** What is known without trying anything. @param memory bytes that were asked for. */
export const describeMachine = (memory: number = defaultMemory()) => ({
  impasto: readVersion(),
  node: process.version,
  system: { platform: platform(), release: release(), architecture: arch() },
  processor: {
    model: cpus()[0]?.model.trim() ?? "unknown",
    cores: coreCount(),
    processors: availableParallelism(),
  },
  memory: {
    total: totalmem(),
    available: Math.round(memoryToUse(readMemoryFacts())),
    toUse: Math.round(memory),
  },
});

/** The weights that are used where nothing else is asked for; none is no problem. */
export async function examineWeights(environment: Environment) {
  const cacheFolder = cacheFolderOf(environment);
  const located = locateWeights(environment);
  if (located === undefined) return { cacheFolder, found: undefined };
  const { format, isPublicFile, note } = await checkWeights(located.path);
  return { cacheFolder, found: { ...located, format, isPublicFile, note } };
}

const [WIDTH, HEIGHT, EVALUATIONS] = [128, 96, 3];

/** Makes a small picture as every picture is made, in a thread of its own. */
export async function tryEvaluation(options: Options) {
  const began = performance.now();
  const runner = await openRunner(options);
  try {
    const secondsToOpen = (performance.now() - began) / 1000;
    const asked = { ...options, size: WIDTH, iterations: EVALUATIONS, scales: 1 };
    const named = (name: string) => ({ name, checksum: "" });
    const inputs = { content: named("waves"), styles: [{ ...named("ripples"), weight: 1 }] };
    const pictures = [waves(9), waves(3)];
    const job = jobOf(inputs, asked, required(pictures[0], "picture"), runner.engine);
    const io = { read: async () => required(pictures.shift(), "picture") };
    const { loss, secondsPerEvaluation } = await runner.run(job, io);
    const { network, runtime, deviceNote } = runner.engine;
    return {
      network: network.name,
      device: runtime.device,
      deviceNote,
      threads: runtime.threads,
      width: WIDTH,
      height: HEIGHT,
      loss: loss.total,
      secondsToOpen,
      secondsPerEvaluation,
    };
  } finally {
    await runner.close();
  }
}

/** Colours that rise and fall. @param pitch pixels for each radian. */
const waves = (pitch: number): Picture => ({
  width: WIDTH,
  height: HEIGHT,
  rgb: Float32Array.from({ length: 3 * WIDTH * HEIGHT }, (_, index) => {
    const [x, y] = [index % WIDTH, Math.floor(index / WIDTH) % HEIGHT];
    return 0.5 + 0.5 * Math.sin((x + 2 * y) / pitch + Math.floor(index / (WIDTH * HEIGHT)));
  }),
});
