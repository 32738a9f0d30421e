import { expect, test } from "vitest";
import { relativeError } from "../../test/evaluate.ts";
import { pretendedDevice } from "../../test/pretended-device.ts";
import { valley } from "../../test/valley.ts";
import {
  createOptimizer,
  createOptimizerOn,
  type OptimizerSettings,
  type OptimizerState,
  resumeOptimizer,
  resumeOptimizerOn,
} from "../optimizer/create.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Vectors } from "../optimizer/vectors.ts";
import { required } from "../required.ts";
import { openRuntime } from "../runtime/onnxruntime.node.ts";
import { DeviceVectors } from "./device-vectors.ts";

const runtime = await openRuntime({ device: "cpu", threads: 1 });
const shape = [1, 3, 4, 5] as const;
const start = Float32Array.from({ length: 60 }, (_, i) => Math.sin(12.9898 * (i + 1)));

const SETTINGS: Readonly<Record<string, OptimizerSettings>> = {
  adam: { kind: "adam", learningRate: 0.05, beta1: 0.9, beta2: 0.99 },
  "PyTorch's L-BFGS": { kind: "lbfgs", manner: "pytorch", history: 5 },
  "L-BFGS": { kind: "lbfgs", manner: "safeguarded", history: 5, firstStep: 0.2 },
  "L-BFGS with much memory": { kind: "lbfgs", manner: "safeguarded", history: 9, firstStep: 0.2 },
};

/** Tells an optimiser of so many evaluations, and gives the losses. */
async function follow<Vector>(
  vectors: Vectors<Vector>,
  optimizer: Optimizer<OptimizerState, Vector>,
  evaluations: number,
): Promise<readonly number[]> {
  const losses: number[] = [];
  while (losses.length < evaluations) {
    const { loss, gradient } = valley(await vectors.read(optimizer.point));
    const told = await vectors.adopt(gradient);
    await optimizer.tell(loss, told);
    vectors.release(told);
    losses.push(loss);
  }
  return losses;
}

async function followOnHost(optimizer: Optimizer<OptimizerState>, evaluations: number) {
  const losses: number[] = [];
  while (losses.length < evaluations) {
    const { loss, gradient } = valley(optimizer.point);
    await optimizer.tell(loss, gradient);
    losses.push(loss);
  }
  return losses;
}

test.each(Object.entries(SETTINGS))("%s takes the same way on a device", async (_, settings) => {
  const device = pretendedDevice(runtime);
  const vectors = new DeviceVectors(required(device.compileOnDevice, "compiler"), shape);
  const onDevice = await createOptimizerOn(vectors, await vectors.adopt(start), settings);
  const onHost = await createOptimizer(start, settings);
  const [there, here] = [await follow(vectors, onDevice, 15), await followOnHost(onHost, 15)];
  // From float32's sums on, the ways part slowly.
  expect(relativeError(there, here)).toBeLessThan(1e-3);
  await vectors.close();
  expect(device.held()).toBe(0);
});

test.each(Object.entries(SETTINGS))(
  "%s goes on on the processor, and back on the device",
  async (_, settings) => {
    const device = pretendedDevice(runtime);
    const vectors = new DeviceVectors(required(device.compileOnDevice, "compiler"), shape);
    const onDevice = await createOptimizerOn(vectors, await vectors.adopt(start), settings);
    await follow(vectors, onDevice, 8);
    const state = await onDevice.state();
    const onHost = await resumeOptimizer(structuredClone(state), settings);
    const again = await resumeOptimizerOn(vectors, structuredClone(state), settings);
    expect(await again.state()).toEqual(state);
    const here = await followOnHost(onHost, 5);
    for (const optimizer of [onDevice, again]) {
      expect(relativeError(await follow(vectors, optimizer, 5), here)).toBeLessThan(1e-3);
      optimizer.release();
    }
    await vectors.close();
    expect(device.held()).toBe(0);
  },
);
