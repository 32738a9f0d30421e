/**
 * Keeps compiled programs after their release, for graphs that are the same: the cells of a sheet, the jobs of a batch and
 * the frames of a film then compile each size once. What was used longest ago goes where there would be too much.
 * @module
 */
import { topologicalOrder } from "../graph/gradients.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Program, Runtime } from "./runtime.ts";

/** A runtime that keeps programs until it is released. */
export interface KeepingRuntime extends Runtime {
  /** Lets go of every program that is kept. */
  release(): Promise<void>;
}

/** A program that nobody uses at present. */
interface Kept {
  readonly key: string;
  readonly program: Program;
  readonly bytes: number;
}

/**
 * The runtime, keeping programs.
 * @param keyOf tells whether two graphs are the same.
 * @param mostBytes how many bytes of activations the kept programs may have had, all together.
 */
export function keepingPrograms(
  runtime: Runtime,
  keyOf: (outputs: Readonly<Record<string, Tensor>>) => string,
  mostBytes: number,
): KeepingRuntime {
  /** In the order of their last use. */
  const kept: Kept[] = [];

  async function keep(one: Kept): Promise<void> {
    // One that would not fit by itself would drive out all others first.
    if (one.bytes > mostBytes) return one.program.release();
    kept.push(one);
    while (sumOf(kept) > mostBytes) await kept.shift()?.program.release();
  }

  return {
    device: runtime.device,
    threads: runtime.threads,
    ...(runtime.limits ? { limits: runtime.limits } : {}),
    ...(runtime.compileOnDevice ? { compileOnDevice: runtime.compileOnDevice } : {}),
    async compile(outputs) {
      if (mostBytes <= 0) return runtime.compile(outputs);
      const key = keyOf(outputs);
      const found = kept.findIndex((one) => one.key === key);
      const [one = { key, bytes: bytesOf(outputs), program: await runtime.compile(outputs) }] =
        found < 0 ? [] : kept.splice(found, 1);
      let released = false;
      return {
        run: (inputs) => one.program.run(inputs),
        async release() {
          if (released) return;
          released = true;
          await keep(one);
        },
      };
    },
    async release() {
      for (const { program } of kept.splice(0)) await program.release();
    },
  };
}

const sumOf = (kept: readonly Kept[]): number => kept.reduce((sum, { bytes }) => sum + bytes, 0);

/** The activations of a graph. */
const bytesOf = (outputs: Readonly<Record<string, Tensor>>): number =>
  topologicalOrder(Object.values(outputs))
    .filter(({ leaf }) => leaf === undefined)
    .reduce((sum, { shape }) => sum + Float32Array.BYTES_PER_ELEMENT * sizeOf(shape), 0);
