/**
 * A device that is none: the processor's memory, kept apart, with a count of what is held there. It can be lost.
 * @module
 */
import type { DeviceTensor, Runtime } from "../src/runtime/runtime.ts";

/** A runtime whose values stay on the pretended device. */
export interface PretendedDevice extends Runtime {
  /** How many tensors are held and not yet released. */
  held(): number;
  /** Lets so many more programs run, and none after them, as if the device were lost. */
  loseAfter(runs: number): void;
}

/** Values that only this device can read. */
class Resident implements DeviceTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly #lost: () => void;
  readonly #released: () => void;

  constructor(shape: readonly number[], values: Float32Array, lost: () => void, released: () => void) {
    this.shape = shape;
    this.values = values;
    this.#lost = lost;
    this.#released = released;
  }

  async read(): Promise<Float32Array> {
    this.#lost();
    return this.values.slice();
  }

  release(): void {
    this.#released();
  }
}

/** Makes one of a runtime on the processor. */
export function pretendedDevice(runtime: Runtime): PretendedDevice {
  let held = 0;
  let left = Number.POSITIVE_INFINITY;
  const requirePresent = (): void => {
    if (left <= 0) throw new Error("Device is lost.");
  };
  return {
    device: "webgpu",
    threads: runtime.threads,
    compile: (outputs) => runtime.compile(outputs),
    async compileOnDevice({ read, kept }) {
      requirePresent();
      const program = await runtime.compile({ ...read, ...kept });
      let own = 0;
      return {
        async run(inputs) {
          requirePresent();
          left -= 1;
          const values = Object.entries(inputs).map(([name, value]) => [
            name,
            value instanceof Resident ? value.values : value,
          ]);
          const results = Object.entries(await program.run(Object.fromEntries(values)));
          const residents = results
            .filter(([name]) => name in kept)
            .map(([name, values]) => {
              held += 1;
              own += 1;
              const released = () => {
                held -= 1;
                own -= 1;
              };
              return [name, new Resident(kept[name].shape, values, requirePresent, released)] as const;
            });
          return {
            read: Object.fromEntries(results.filter(([name]) => name in read)),
            kept: Object.fromEntries(residents),
          };
        },
        async release() {
          await program.release();
          // On a real device they would be in memory that is somebody else's by now.
          if (own > 0) throw new Error(`A program was released while ${own} of its values were held.`);
        },
      };
    },
    held: () => held,
    loseAfter(runs) {
      left = runs;
    },
  };
}
