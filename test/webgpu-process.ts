/**
 * Compares WebGPU with the CPU in a process of its own, whose environment says which driver WebGPU finds: an objective of the
 * built-in network's first two blocks, each kernel of which has to be compiled, and a run to its end, whose values stay on
 * the device. Prints how far losses and gradients, or pictures, are apart.
 * @module
 */
import { openNetwork } from "../src/network/open.node.ts";
import { required } from "../src/required.ts";
import { openRuntime } from "../src/runtime/onnxruntime.node.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import type { LossReport } from "../src/transfer/objective.ts";
import { drain, stylize } from "../src/transfer/stylize.ts";
import { relativeError } from "./evaluate.ts";
import { evaluateOnce } from "./evaluate-once.ts";
import { colours } from "./narrow-engine.ts";

const LAYERS = { contentLayers: { conv2_2: 1 }, styleLayers: { conv1_1: 1, conv2_1: 1 } } as const;

const { network } = await openNetwork("built-in", process.env);
const [cpu, card] = [
  await openRuntime({ device: "cpu", threads: 1 }),
  await openRuntime({ device: "webgpu", threads: 1 }),
];
/** Targets are the CPU's for both: compiling their kernels as well takes as long again. */
const objectiveOn = (runtime: Runtime): Runtime => ({
  device: cpu.device,
  threads: cpu.threads,
  compile: (outputs) => ("gradient" in outputs ? runtime : cpu).compile(outputs),
});
const differences: Record<string, { readonly loss: number; readonly gradient: number }> = {};
const lossesOf = ({ total, terms }: LossReport): readonly number[] => [total, ...Object.values(terms)];

const options = { preset: "impasto", styleMeasure: "gaussian", ...LAYERS } as const;
const [expected, actual] = [
  await evaluateOnce({ network, runtime: objectiveOn(cpu) }, options, [32, 32]),
  await evaluateOnce({ network, runtime: objectiveOn(card) }, options, [32, 32]),
];
differences.gaussian = {
  loss: relativeError(lossesOf(actual.loss), lossesOf(expected.loss)),
  gradient: relativeError(actual.gradient, expected.gradient),
};

const request = {
  content: colours(32, 32, 1),
  styles: [{ picture: colours(32, 32, 2), weight: 1 }],
  options: { preset: "impasto", styleMeasure: "gram", ...LAYERS, size: 32, scales: 1, iterations: 4 },
} as const;
const onCard = {
  ...objectiveOn(cpu),
  device: card.device,
  compileOnDevice: required(card.compileOnDevice, "compiler for the card"),
};
const here = await drain(stylize(request, { network, runtime: cpu }));
const there = await drain(stylize(request, { network, runtime: onCard }));
differences.run = {
  loss: relativeError(lossesOf(there.loss), lossesOf(here.loss)),
  gradient: relativeError(there.picture.rgb, here.picture.rgb),
};
process.stdout.write(JSON.stringify(differences));
// WebGPU's own threads may keep the process from ending.
process.exit(0);
