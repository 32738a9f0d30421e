/**
 * From parameters to the network that is shipped: convolutions and heads in half precision, in a safetensors file.
 * @module
 */
import { Matrix } from "ml-matrix";
import { channelsOf, type Layer } from "../src/network/layers.ts";
import type { MeanActivations } from "../src/network/mean-activations.ts";
import { type WritableTensor, writeSafetensors } from "../src/network/safetensors.ts";
import { biasName, headName, kernelName, STUDENT_LAYERS, TAUGHT_LAYERS } from "../src/network/student.ts";
import { squareRootOf } from "./linear-algebra.ts";
import { constantName, mapName, namedViews, type Part, unitOf, viewOf } from "./parameters.ts";

/**
 * The bytes of the student's file.
 * @param units the unit of each taught layer's map.
 * @param means the teacher's mean activations, for the heads that stand for normalised features.
 */
export function exportStudent(
  layout: readonly Part[],
  parameters: Float32Array,
  units: ReadonlyMap<Layer, number>,
  means: MeanActivations,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const views = namedViews(layout, parameters);
  const kept = new Set(STUDENT_LAYERS.flatMap((layer) => [kernelName(layer), biasName(layer)]));
  const tensors: Record<string, WritableTensor> = {};
  for (const { name, shape } of layout) {
    if (kept.has(name)) tensors[name] = { shape, data: viewOf(views, name), dtype: "F16" };
  }
  for (const layer of TAUGHT_LAYERS) {
    const unit = unitOf(units, layer);
    const channels = channelsOf(layer);
    const learned = viewOf(views, mapName(layer));
    const map = Matrix.from1DArray(channels, learned.length / channels, learned);
    const constants = Array.from(viewOf(views, constantName(layer)));
    const whole = map.addColumn(map.columns, constants).mul(unit);
    const scaled = whole.clone();
    for (const [channel, mean] of means[layer].entries()) scaled.mulRow(channel, 1 / mean);
    for (const normalized of [false, true]) {
      const root = squareRootOf(normalized ? scaled : whole);
      tensors[headName(layer, normalized)] = {
        shape: [root.rows, root.columns],
        data: Float32Array.from(root.to1DArray()),
        dtype: "F16",
      };
    }
  }
  return writeSafetensors(tensors, metadata);
}
