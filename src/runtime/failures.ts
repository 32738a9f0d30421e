/**
 * What goes wrong while graphs run, said clearly: a device that is lost, and memory that does not suffice. Nothing is kept
 * waiting for a device that will not answer.
 * @module
 */
import { ImpastoError, isOutOfMemory } from "../errors.ts";
import type { KeepingRuntime } from "./kept-programs.ts";
import type { DeviceTensor } from "./runtime.ts";

/** A device was lost, or has too little memory, or what computes on it broke. */
export class RuntimeFailure extends ImpastoError {
  override readonly name = "RuntimeFailure";
}

/**
 * A runtime that fails with a RuntimeFailure where its device is lost, or has too little memory.
 * @param lost gives the reason once the device is lost; never, when absent.
 */
export function failingClearly(runtime: KeepingRuntime, lost?: Promise<string>): KeepingRuntime {
  const { device, compileOnDevice } = runtime;
  const { attempt, letGo } = attempts(device, lost);
  const inner = new WeakMap<DeviceTensor, DeviceTensor>();
  const outerOf = (tensor: DeviceTensor): DeviceTensor => {
    const outer = {
      shape: tensor.shape,
      read: () => attempt(() => tensor.read()),
      // Nobody waits for it; it is done before this returns.
      release: () => {
        letGo(async () => tensor.release()).catch(() => {});
      },
    };
    inner.set(outer, tensor);
    return outer;
  };
  const innerOf = (value: Float32Array | DeviceTensor): Float32Array | DeviceTensor =>
    value instanceof Float32Array ? value : (inner.get(value) ?? value);
  return {
    ...runtime,
    async compile(outputs) {
      const program = await attempt(() => runtime.compile(outputs));
      return {
        run: (inputs) => attempt(() => program.run(inputs)),
        release: () => letGo(() => program.release()),
      };
    },
    ...(compileOnDevice && {
      async compileOnDevice(outputs) {
        const program = await attempt(() => compileOnDevice(outputs));
        return {
          async run(inputs) {
            const { read, kept } = await attempt(() => program.run(mapped(inputs, innerOf)));
            return { read, kept: mapped(kept, outerOf) };
          },
          release: () => letGo(() => program.release()),
        };
      },
    }),
    release: () => letGo(() => runtime.release()),
  };
}

const mapped = <From, To>(
  values: Readonly<Record<string, From>>,
  to: (value: From) => To,
): Record<string, To> => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]));

/** Milliseconds. */
const MOMENT = 1000;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

function attempts(device: string, lost: Promise<string> | undefined) {
  const waiting = new Set<(error: Error) => void>();
  let failed = false;
  let loss: RuntimeFailure | undefined;
  void lost?.then((reason) => {
    loss = new RuntimeFailure(
      `The device "${device}" was lost (${reason}): go on from the state that was last saved, in another worker or after a new start.`,
    );
    for (const reject of waiting) reject(loss);
  });
  return {
    /** Not a race with the loss itself, which would hold the results of every run until then. */
    attempt: <Result>(work: () => Promise<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        if (loss) return reject(loss);
        waiting.add(reject);
        work()
          .then(resolve, async (error: unknown) => {
            failed = true;
            // What a loss breaks may be told before the loss itself, which rejects what waits.
            if (lost) await pause(MOMENT);
            reject(explained(error, device));
          })
          .finally(() => waiting.delete(reject));
      }),
    /** What is broken cannot be let go of either, and must not hide why it broke. */
    letGo: async (work: () => Promise<void>): Promise<void> => {
      if (loss) return;
      await work().catch((error: unknown) => {
        if (!failed) throw error;
      });
    },
  };
}

/** What is said of a buffer that is larger than any that the device has, or than it can count. */
const TOO_LARGE = /exceeds the max|larger than the max|storage size overflowed|too many storage buffers/i;

function explained(error: unknown, device: string): unknown {
  if (error instanceof ImpastoError || !(error instanceof Error)) return error;
  const [reason = ""] = error.message.split("\n");
  if (error instanceof WebAssembly.RuntimeError) {
    const message = `ONNX Runtime broke on the device "${device}" (${reason}): go on from the state that was last saved, in another worker or after a new start.`;
    return new RuntimeFailure(message, { cause: error });
  }
  if (!isOutOfMemory(error) && !TOO_LARGE.test(error.message)) return error;
  return new RuntimeFailure(
    `There is too little memory on the device "${device}" (${reason}): take a smaller size, or less memory, with which a picture is looked at part by part.`,
    { cause: error },
  );
}
