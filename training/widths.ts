/**
 * How many channels a student has at each of its layers.
 * @module
 */
import { ImpastoError, MisuseError } from "../src/errors.ts";
import { channelsOf, type Layer } from "../src/network/layers.ts";
import type { Safetensors } from "../src/network/safetensors.ts";
import { biasName, STUDENT_LAYERS } from "../src/network/student.ts";

/** The channels of each of the student's layers. */
export type Widths = (layer: Layer) => number;

/** 1/divisor of VGG-19's channels everywhere. */
export const evenWidths =
  (divisor: number): Widths =>
  (layer) =>
    channelsOf(layer) / divisor;

/**
 * Widths as a list, in the layers' order.
 * @throws MisuseError when there are not as many as layers, or one is no whole number from 1 to below VGG-19's: a head of
 * as many channels and a constant would have more rows than VGG-19's features.
 */
export function listedWidths(list: readonly number[]): Widths {
  const fits = (width: number | undefined, layer: Layer) =>
    width !== undefined && Number.isInteger(width) && width > 0 && width < channelsOf(layer);
  if (
    list.length !== STUDENT_LAYERS.length ||
    !STUDENT_LAYERS.every((layer, index) => fits(list[index], layer))
  )
    throw new MisuseError(
      `Expected ${STUDENT_LAYERS.length} whole numbers of channels, from 1 to fewer than VGG-19's, but received ${list.join(", ")}`,
    );
  return (layer) => list[STUDENT_LAYERS.indexOf(layer)];
}

/**
 * The widths of a network that was exported.
 * @throws ImpastoError when it is no student.
 */
export const studentWidths = ({ tensors }: Safetensors): Widths =>
  listedWidths(
    STUDENT_LAYERS.map((layer) => {
      const bias = tensors.get(biasName(layer));
      if (bias === undefined)
        throw new ImpastoError(`The network is no student: it has no ${biasName(layer)}.`);
      return bias.data.length;
    }),
  );
