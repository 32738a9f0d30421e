/**
 * Compares WebGPU with the CPU in a process of its own, whose environment says which driver WebGPU finds: objectives of the
 * built-in network's first two blocks, each kernel of which has to be compiled. Prints how far losses and gradients are apart.
 * @module
 */
import { openNetwork } from "../src/network/open.node.ts";
import { openRuntime } from "../src/runtime/onnxruntime.node.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import { relativeError } from "./evaluate.ts";
import { evaluateOnce } from "./evaluate-once.ts";

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
for (const styleMeasure of ["gram", "gaussian"] as const) {
  const options = { preset: "impasto", styleMeasure, ...LAYERS } as const;
  const [expected, actual] = [
    await evaluateOnce({ network, runtime: objectiveOn(cpu) }, options, [32, 32]),
    await evaluateOnce({ network, runtime: objectiveOn(card) }, options, [32, 32]),
  ];
  const [expectedLosses, losses] = [expected, actual].map(({ loss }) => [
    loss.total,
    ...Object.values(loss.terms),
  ]);
  differences[styleMeasure] = {
    loss: relativeError(losses, expectedLosses),
    gradient: relativeError(actual.gradient, expected.gradient),
  };
}
process.stdout.write(JSON.stringify(differences));
// WebGPU's own threads may keep the process from ending.
process.exit(0);
