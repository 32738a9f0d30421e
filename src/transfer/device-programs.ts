/**
 * Small programs on a device, each compiled at its first use: what an optimiser does with vectors there.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { required } from "../required.ts";
import type { DeviceProgram, DeviceResults, DeviceTensor, Runtime } from "../runtime/runtime.ts";
import type { Named } from "./named.ts";

/** What compiles for a device. */
export type DeviceCompiler = NonNullable<Runtime["compileOnDevice"]>;

/** What a program takes: vectors, and single numbers or a few. */
export type Given = Readonly<Record<string, DeviceTensor | number | Float32Array>>;

/** What a program computes: what is read, and what stays. */
export interface Outputs {
  readonly read?: Named<Tensor>;
  readonly kept?: Named<Tensor>;
}

/** Programs by their names, until they are let go of. */
export class DevicePrograms {
  readonly #compile: DeviceCompiler;
  readonly #programs = new Map<string, Promise<DeviceProgram>>();

  constructor(compile: DeviceCompiler) {
    this.#compile = compile;
  }

  /** Runs a program. @param outputs what it computes, the same whenever the name is. */
  async run(name: string, outputs: () => Outputs, given: Given): Promise<DeviceResults> {
    const make = () => {
      const { read = {}, kept = {} } = outputs();
      return this.#compile({ read, kept });
    };
    const program = this.#programs.get(name) ?? make();
    this.#programs.set(name, program);
    program.catch(() => this.#programs.delete(name));
    const inputs = Object.entries(given).map(([name, value]) => [
      name,
      typeof value === "number" ? Float32Array.of(value) : value,
    ]);
    return (await program).run(Object.fromEntries(inputs));
  }

  /** Lets go of all. */
  async close(): Promise<void> {
    const programs = await Promise.allSettled(this.#programs.values());
    this.#programs.clear();
    for (const program of programs) if (program.status === "fulfilled") await program.value.release();
  }
}

/** The number that a program gave. */
export const numberOf = (values: Float32Array | undefined): number => required(values?.[0], "number");
