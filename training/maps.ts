/**
 * The linear maps from a student's features to its teacher's.
 * @module
 */
import type { Matrix } from "ml-matrix";
import type { Tensor } from "../src/graph/tensor.ts";
import type { Layer } from "../src/network/layers.ts";
import { TAUGHT_LAYERS } from "../src/network/student.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import { leastSquares } from "./linear-algebra.ts";
import { averageOver, flatFeatures, meanProduct, withConstant } from "./mean-products.ts";
import { constantName, mapName, namedViews, type Part, unitOf, viewOf } from "./parameters.ts";

/** The best linear maps from the student's features to the teacher's, in units, written into the parameters. */
export async function fitMaps(
  runtime: Runtime,
  layout: readonly Part[],
  parameters: Float32Array,
  units: ReadonlyMap<Layer, number>,
  feeds: readonly Readonly<Record<string, Float32Array>>[],
  featuresOf: { readonly student: (layer: Layer) => Tensor; readonly teacher: (layer: Layer) => Tensor },
): Promise<void> {
  const views = namedViews(layout, parameters);
  for (const layer of TAUGHT_LAYERS) {
    const student = withConstant(featuresOf.student(layer));
    const teacher = flatFeatures(featuresOf.teacher(layer));
    const products = await averageOver(
      runtime,
      { cross: meanProduct(teacher, student), own: meanProduct(student, student) },
      feeds,
    );
    writeMap(views, layer, leastSquares(products("cross"), products("own")).div(unitOf(units, layer)));
  }
}

/** Writes a map whose last column is for the constant into the parameters. */
export function writeMap(views: Readonly<Record<string, Float32Array>>, layer: Layer, map: Matrix): void {
  const channels = map.columns - 1;
  for (let row = 0; row < map.rows; row++) {
    viewOf(views, mapName(layer)).set(map.getRow(row).slice(0, channels), row * channels);
    viewOf(views, constantName(layer)).set([map.get(row, channels)], row);
  }
}
