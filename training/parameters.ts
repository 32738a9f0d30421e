/**
 * The student's parameters as one vector, for an optimiser of plain arrays, with a name and a shape for each part.
 * @module
 */
import { type Shape, sizeOf, sizeOfAxis } from "../src/graph/shape.ts";
import { constant } from "../src/graph/tensor.ts";
import { channelsOf, type Layer } from "../src/network/layers.ts";
import { biasName, kernelName, layerBefore, STUDENT_LAYERS, TAUGHT_LAYERS } from "../src/network/student.ts";
import type { ConvolutionTensors } from "../src/network/vgg19.ts";
import { required } from "../src/required.ts";
import type { Widths } from "./widths.ts";

/** One part of the vector. */
export interface Part {
  readonly name: string;
  readonly shape: Shape;
  readonly start: number;
  readonly end: number;
}

/** The linear map from the student's channels to the teacher's, `[C_t, C_s, 1, 1]`, and its constant, `[C_t]`. */
export const mapName = (layer: Layer): string => `${layer}.map`;
export const constantName = (layer: Layer): string => `${layer}.constant`;

/** Where everything is in the vector of a student of such widths. */
export function layoutOf(widths: Widths): readonly Part[] {
  const shapes: (readonly [string, Shape])[] = [
    ...STUDENT_LAYERS.flatMap((layer): [string, Shape][] => {
      const before = layerBefore(layer);
      const inputs = before === undefined ? 3 : widths(before);
      const channels = widths(layer);
      return [
        [kernelName(layer), [channels, inputs, 3, 3]],
        [biasName(layer), [channels]],
      ];
    }),
    ...TAUGHT_LAYERS.flatMap((layer): [string, Shape][] => [
      [mapName(layer), [channelsOf(layer), widths(layer), 1, 1]],
      [constantName(layer), [channelsOf(layer)]],
    ]),
  ];
  let start = 0;
  return shapes.map(([name, shape]) => {
    const part = { name, shape, start, end: start + sizeOf(shape) };
    start = part.end;
    return part;
  });
}

/** The part of that name. @throws TypeError when there is none. */
export const partOf = (layout: readonly Part[], name: string): Part =>
  required(
    layout.find((part) => part.name === name),
    `parameter ${name}`,
  );

/** The channels of a layer in a layout. */
export const widthIn = (layout: readonly Part[], layer: Layer): number =>
  sizeOfAxis(partOf(layout, biasName(layer)).shape, 0);

/** The number of parameters. */
export const parameterCount = (layout: readonly Part[]): number => required(layout.at(-1), "part").end;

/** Each part of the vector under its name; the arrays are views. */
export const namedViews = (layout: readonly Part[], values: Float32Array): Record<string, Float32Array> =>
  Object.fromEntries(layout.map(({ name, start, end }) => [name, values.subarray(start, end)]));

/** The unit of a taught layer's map. @throws TypeError when there is none. */
export const unitOf = (units: ReadonlyMap<Layer, number>, layer: Layer): number =>
  required(units.get(layer), `unit for ${layer}`);

/** A part of the vector by its name. @throws TypeError when there is none. */
export const viewOf = (views: Readonly<Record<string, Float32Array>>, name: string): Float32Array =>
  required(views[name], `parameter ${name}`);

/** The student's convolutions as they stand, as constants of a graph. */
export const convolutionsOf =
  (layout: readonly Part[], views: Readonly<Record<string, Float32Array>>) =>
  (layer: Layer): ConvolutionTensors => {
    const part = (name: string) => constant(viewOf(views, name).slice(), partOf(layout, name).shape);
    return { kernel: part(kernelName(layer)), bias: part(biasName(layer)) };
  };
