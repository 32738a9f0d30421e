/**
 * Keeps compiled programs after their release, for graphs that are the same: the cells of a sheet, the jobs of a batch and
 * the frames of a film then compile each size once. What was used longest ago goes where there would be too much.
 * @module
 */
import { topologicalOrder } from "../graph/gradients.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { DeviceProgram, Program, Runtime } from "./runtime.ts";

/** A runtime that keeps programs until it is released. */
export interface KeepingRuntime extends Runtime {
  /** Lets go of every program that is kept. */
  release(): Promise<void>;
}

/**
 * The runtime, keeping programs.
 * @param keyOf tells whether two graphs are the same.
 * @param mostBytes how many bytes of activations the kept programs may have had: those that keep values on the device, and
 * the others.
 */
export function keepingPrograms(
  runtime: Runtime,
  keyOf: (outputs: Readonly<Record<string, Tensor>>) => string,
  mostBytes: number,
): KeepingRuntime {
  if (mostBytes <= 0) return { ...runtime, release: async () => {} };
  const { compileOnDevice } = runtime;
  const [programs, onDevice] = [new Programs<Program>(mostBytes), new Programs<DeviceProgram>(mostBytes)];
  return {
    ...runtime,
    async compile(outputs) {
      const compile = () => runtime.compile(outputs);
      const { program, release } = await programs.take(keyOf(outputs), bytesOf(outputs), compile);
      return { run: (inputs) => program.run(inputs), release };
    },
    ...(compileOnDevice && {
      async compileOnDevice(outputs) {
        const all = { ...outputs.read, ...outputs.kept };
        const key = `${Object.keys(outputs.kept).join()} ${keyOf(all)}`;
        const compile = () => compileOnDevice(outputs);
        const { program, release } = await onDevice.take(key, bytesOf(all), compile);
        return { run: (inputs) => program.run(inputs), release };
      },
    }),
    async release() {
      await programs.clear();
      await onDevice.clear();
    },
  };
}

/** A program that nobody uses at present. */
interface Kept<Some> {
  readonly key: string;
  readonly program: Some;
  readonly bytes: number;
}

/** Programs of one kind. */
class Programs<Some extends { release(): Promise<void> }> {
  readonly #mostBytes: number;
  /** In the order of their last use. */
  readonly #kept: Kept<Some>[] = [];

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** A program that is kept under the key, or else a new one; its release gives it back. */
  async take(key: string, bytes: number, compile: () => Promise<Some>) {
    const found = this.#kept.findIndex((one) => one.key === key);
    const [one = { key, bytes, program: await compile() }] = found < 0 ? [] : this.#kept.splice(found, 1);
    let released = false;
    const release = async (): Promise<void> => {
      if (released) return;
      released = true;
      await this.#keep(one);
    };
    return { program: one.program, release };
  }

  async clear(): Promise<void> {
    for (const { program } of this.#kept.splice(0)) await program.release();
  }

  async #keep(one: Kept<Some>): Promise<void> {
    // One that would not fit by itself would drive out all others first.
    if (one.bytes > this.#mostBytes) return one.program.release();
    this.#kept.push(one);
    while (sumOf(this.#kept) > this.#mostBytes) await this.#kept.shift()?.program.release();
  }
}

const sumOf = (kept: readonly { readonly bytes: number }[]): number =>
  kept.reduce((sum, { bytes }) => sum + bytes, 0);

/** The activations of a graph. */
const bytesOf = (outputs: Readonly<Record<string, Tensor>>): number =>
  topologicalOrder(Object.values(outputs))
    .filter(({ leaf }) => leaf === undefined)
    .reduce((sum, { shape }) => sum + Float32Array.BYTES_PER_ELEMENT * sizeOf(shape), 0);
