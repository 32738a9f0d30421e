/**
 * Whether a device is to be trusted with pictures: a loss like theirs is computed on it and on the processor, first small,
 * for its values, then large enough for its time to tell.
 * @module
 */
import { gradients } from "../graph/gradients.ts";
import { convolution } from "../graph/operations/convolution.ts";
import { scale, square } from "../graph/operations/multiply.ts";
import { relu } from "../graph/operations/relu.ts";
import { reshape } from "../graph/operations/reshape.ts";
import { rowProducts } from "../graph/operations/row-products.ts";
import { total } from "../graph/operations/sum.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { constant, input, type Tensor } from "../graph/tensor.ts";
import { required } from "../required.ts";
import type { RealDevice, Runtime } from "./runtime.ts";

/** What a runtime made of the loss. */
interface Outcome {
  readonly loss: number;
  readonly gradient: Float32Array;
  readonly seconds: number;
}

/** The sides of the pictures, small and large. */
const [SMALL, LARGE] = [32, 256];
/** As many channels as the first features of a network have. */
const CHANNELS = 64;
/** How far values may be apart, as parts of them: a gradient farther, where convolutions have ten bits, as NVIDIA's do. */
const TOLERANCE = { loss: 1e-3, gradient: 5e-3 };
/** A device that takes this many seconds for the small picture would take minutes for the large one. */
const HOPELESS = 0.25;

/**
 * Takes the first device that can be trusted, and else the processor.
 * @param devices the fastest first.
 * @param now a clock, in milliseconds.
 * @returns the device, and a sentence on those that came before it.
 */
export async function firstTrusted<Device extends RealDevice>(
  devices: readonly (Runtime & { readonly device: Device })[],
  processor: Runtime & { readonly device: Device },
  now = () => performance.now(),
): Promise<{ readonly device: Device; readonly note?: string }> {
  const failures: string[] = [];
  const on = (device: Device) =>
    failures.length === 0 ? { device } : { device, note: `${failures.join("; ")}: using ${device}.` };
  for (const runtime of devices) {
    const failure = await failureOf(runtime, processor, now);
    if (failure === undefined) return on(runtime.device);
    failures.push(`${failures.length === 0 ? "The" : "the"} graphics device (${runtime.device}) ${failure}`);
  }
  return on(processor.device);
}

/** What is wrong with a device, as the end of a sentence; undefined where nothing is. */
export async function failureOf(
  runtime: Runtime,
  processor: Runtime,
  now = () => performance.now(),
): Promise<string | undefined> {
  try {
    const [found, expected] = [await outcome(runtime, SMALL, now), await outcome(processor, SMALL, now)];
    if (!agree(found, expected)) return "gives other values than the processor";
    if (found.seconds > Math.max(HOPELESS, expected.seconds)) return SLOWER;
    const [fast, slow] = [await outcome(runtime, LARGE, now), await outcome(processor, LARGE, now)];
    if (!agree(fast, slow)) return "gives other values than the processor";
    return fast.seconds > slow.seconds ? SLOWER : undefined;
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return `fails at a trial (${reason.trim()})`;
  }
}

const SLOWER = "is slower here than the processor";

/** The second of two evaluations: in the first, devices compile. */
async function outcome(runtime: Runtime, side: number, now: () => number): Promise<Outcome> {
  const { loss, gradient } = lossAt(side);
  const inputs = { image: values([1, 3, side, side], 0.5) };
  if (runtime.compileOnDevice) {
    const program = await runtime.compileOnDevice({ read: { loss }, kept: { gradient } });
    try {
      (await program.run(inputs)).kept.gradient?.release();
      const began = now();
      const { read, kept } = await program.run(inputs);
      const seconds = (now() - began) / 1000;
      const found = required(kept.gradient, "gradient");
      const values = await found.read();
      found.release();
      return { loss: required(read.loss, "loss")[0], gradient: values, seconds };
    } finally {
      await program.release();
    }
  }
  const program = await runtime.compile({ loss, gradient });
  try {
    await program.run(inputs);
    const began = now();
    const found = await program.run(inputs);
    const seconds = (now() - began) / 1000;
    return { loss: required(found.loss, "loss")[0], gradient: required(found.gradient, "gradient"), seconds };
  } finally {
    await program.release();
  }
}

/** The square of the Gram products of two convolutions' features, and its gradient by the picture. */
function lossAt(side: number): { readonly loss: Tensor; readonly gradient: Tensor } {
  const image = input("image", [1, 3, side, side]);
  const features = layer(layer(image, 3), CHANNELS);
  const gram = rowProducts(reshape(features, [CHANNELS, side * side]));
  const loss = total(square(scale(1 / side ** 2, gram)));
  const [gradient] = gradients(loss, [image]);
  return { loss, gradient };
}

function layer(x: Tensor, channels: number): Tensor {
  const kernel = constant(values([CHANNELS, channels, 3, 3], 1 / channels), [CHANNELS, channels, 3, 3]);
  return relu(convolution(x, kernel, constant(new Float32Array(CHANNELS), [CHANNELS]), 1));
}

/** Values in ±most that look like none of their neighbours. */
const values = (shape: Shape, most: number): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, index) => most * Math.sin(index ** 2 + index));

function agree(found: Outcome, expected: Outcome): boolean {
  const difference = found.gradient.map((value, index) => value - expected.gradient[index]);
  // Not the opposite, for what is not a number agrees with nothing.
  return (
    Math.abs(found.loss - expected.loss) <= TOLERANCE.loss * Math.abs(expected.loss) &&
    norm(difference) <= TOLERANCE.gradient * norm(expected.gradient)
  );
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
