/**
 * How many channels a student has at each of its layers.
 * @module
 */
import { channelsOf, type Layer } from "../network/layers.ts";
import type { Safetensors } from "../network/safetensors.ts";
import { biasName, STUDENT_LAYERS } from "../network/student.ts";

/** The channels of each of the student's layers. */
export type Widths = (layer: Layer) => number;

/** 1/divisor of VGG-19's channels everywhere. */
export const evenWidths =
  (divisor: number): Widths =>
  (layer) =>
    channelsOf(layer) / divisor;

/**
 * Widths as a list, in the layers' order.
 * @throws TypeError when there are not as many as layers, or one is no count of channels or more than VGG-19 has.
 */
export function listedWidths(list: readonly number[]): Widths {
  const fits = (width: number | undefined, layer: Layer) =>
    width !== undefined && Number.isInteger(width) && width > 0 && width <= channelsOf(layer);
  if (
    list.length !== STUDENT_LAYERS.length ||
    !STUDENT_LAYERS.every((layer, index) => fits(list[index], layer))
  )
    throw new TypeError(
      `Expected ${STUDENT_LAYERS.length} counts of channels, none above VGG-19's, but received ${list.join(", ")}`,
    );
  return (layer) => list[STUDENT_LAYERS.indexOf(layer)];
}

/**
 * The widths of a network that was exported.
 * @throws TypeError when it is no student.
 */
export const studentWidths = ({ tensors }: Safetensors): Widths =>
  listedWidths(STUDENT_LAYERS.map((layer) => tensors.get(biasName(layer))?.data.length ?? 0));
