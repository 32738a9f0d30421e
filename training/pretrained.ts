/**
 * A student that begins from a network that was exported: a pretrained one, to be fine-tuned or widened.
 * @module
 */
import { Matrix } from "ml-matrix";
import { ImpastoError } from "../src/errors.ts";
import { scale, square } from "../src/graph/operations/multiply.ts";
import { total } from "../src/graph/operations/sum.ts";
import { sizeOf } from "../src/graph/shape.ts";
import { input } from "../src/graph/tensor.ts";
import { channelsOf, type Layer } from "../src/network/layers.ts";
import { featuresAt } from "../src/network/network.ts";
import type { Safetensors } from "../src/network/safetensors.ts";
import {
  biasName,
  headName,
  kernelName,
  STUDENT_INPUT,
  STUDENT_LAYERS,
  TAUGHT_LAYERS,
} from "../src/network/student.ts";
import { constantWeights, vggFeatures } from "../src/network/vgg19.ts";
import type { VggWeights } from "../src/network/weights.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import type { Beginning } from "./beginning.ts";
import type { BatchShape } from "./lesson.ts";
import { rotationTowards } from "./linear-algebra.ts";
import { writeMap } from "./maps.ts";
import { averageOver, flatFeatures, meanProduct, withConstant } from "./mean-products.ts";
import { convolutionsOf, mapName, namedViews, type Part, parameterCount, viewOf } from "./parameters.ts";

/**
 * Begins from a network that was exported: its convolutions as they are, and its maps from their heads for raw features.
 * Such a head R holds the map W = Q R but for its orthonormal Q, on which raw losses do not depend. Q is the one that
 * brings Q R s closest to the teacher's features in the pictures (orthogonal Procrustes): exactly the old one where W was
 * their least-squares map, and close to it after teaching. Heads for normalised features are made anew from it.
 * @throws ImpastoError when the network has another shape.
 */
export async function beginFromNetwork(
  runtime: Runtime,
  teacher: VggWeights,
  layout: readonly Part[],
  network: Safetensors,
  shape: BatchShape,
  batches: readonly Float32Array[],
): Promise<Beginning> {
  const parameters = convolutionsFrom(network, layout);
  const views = namedViews(layout, parameters);
  const pictures = input("pictures", [shape.batch, 3, shape.height, shape.width]);
  const building = { pooling: "max", layers: TAUGHT_LAYERS } as const;
  const learned = vggFeatures(pictures, STUDENT_INPUT, convolutionsOf(layout, views), building);
  const taught = vggFeatures(pictures, teacher.input, constantWeights(teacher.layers), building);
  const units = new Map<Layer, number>();
  for (const layer of TAUGHT_LAYERS) {
    const target = featuresAt(taught, layer).tensor;
    const channels = channelsOf(layer);
    const size = viewOf(views, mapName(layer)).length / channels + 1;
    const head = Matrix.from1DArray(size, size, valuesIn(network, headName(layer, false), size ** 2));
    const products = await averageOver(
      runtime,
      {
        cross: meanProduct(flatFeatures(target), withConstant(featuresAt(learned, layer).tensor)),
        power: scale(1 / sizeOf(target.shape), total(square(target))),
      },
      batches.map((values) => ({ pictures: values })),
    );
    const unit = Math.fround(Math.sqrt(products("power").get(0, 0)));
    units.set(layer, unit);
    const rotation = rotationTowards(products("cross").mmul(head.transpose()));
    writeMap(views, layer, rotation.mmul(head).div(unit));
  }
  return { parameters, units };
}

/**
 * The convolutions of a network that was exported, as parameters whose maps are still 0.
 * @throws ImpastoError when the network has another shape.
 */
export function convolutionsFrom(network: Safetensors, layout: readonly Part[]): Float32Array {
  const parameters = new Float32Array(parameterCount(layout));
  const views = namedViews(layout, parameters);
  for (const name of STUDENT_LAYERS.flatMap((layer) => [kernelName(layer), biasName(layer)])) {
    const view = viewOf(views, name);
    view.set(valuesIn(network, name, view.length));
  }
  return parameters;
}

function valuesIn({ tensors }: Safetensors, name: string, size: number): Float32Array {
  const found = tensors.get(name);
  if (found?.data.length !== size)
    throw new ImpastoError(
      `The network to go on from has no ${name} of ${size} values: it is no student, or has another number of channels.`,
    );
  return found.data;
}
