/**
 * Who holds what in a device's memory. Values there never change, so that a copy is one more holder of the same; they are
 * let go of when nobody holds them any longer.
 * @module
 */

import { MisuseError } from "../errors.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import type { DeviceTensor } from "../runtime/runtime.ts";

/** What holds values, others from time to time. */
export interface DeviceVector {
  readonly tensor: DeviceTensor;
}

/** The holders of one size of picture. */
export class DevicePlace {
  readonly #holders = new Map<DeviceTensor, number>();
  readonly #vectors = new Map<DeviceVector, { tensor: DeviceTensor }>();

  /** A new holder of values. */
  hold(tensor: DeviceTensor): DeviceVector {
    const vector = { tensor };
    this.#vectors.set(vector, vector);
    this.#count(tensor, 1);
    return vector;
  }

  /** Puts other values in the place of those that are held. */
  put(vector: DeviceVector, tensor: DeviceTensor): void {
    const held = this.#vectors.get(vector);
    if (held === undefined)
      throw new MisuseError("Expected a vector that is held but received one that was released.");
    this.#count(tensor, 1);
    this.#count(held.tensor, -1);
    held.tensor = tensor;
  }

  /** Lets go of what is held. */
  drop(vector: DeviceVector): void {
    if (this.#vectors.delete(vector)) this.#count(vector.tensor, -1);
  }

  /** Lets go of all. */
  clear(): void {
    for (const vector of [...this.#vectors.keys()]) this.drop(vector);
  }

  /** @throws {MisuseError} naming values of another shape. */
  check(name: string, { shape: given }: DeviceTensor, shape: Shape): void {
    if (formatShape(given) === formatShape(shape)) return;
    throw new MisuseError(`Expected ${formatShape(shape)} for ${name} but received ${formatShape(given)}`);
  }

  #count(tensor: DeviceTensor, change: 1 | -1): void {
    const holders = (this.#holders.get(tensor) ?? 0) + change;
    if (holders > 0) this.#holders.set(tensor, holders);
    else {
      this.#holders.delete(tensor);
      tensor.release();
    }
  }
}
