/**
 * The student's first parameters, taken from the teacher: for each layer the channels that best explain all of them,
 * and for their kernels the teacher's own, applied to the best linear reconstruction of the teacher's input from the
 * student's. Activations are scaled to about 1. A narrower student that was taught before is widened in the same way.
 * @module
 */
import { Matrix } from "ml-matrix";
import { ImpastoError } from "../src/errors.ts";
import { maxPool } from "../src/graph/operations/max-pool.ts";
import { input, type Tensor } from "../src/graph/tensor.ts";
import { channelsOf, inputChannelsOf, type Layer } from "../src/network/layers.ts";
import { featuresAt } from "../src/network/network.ts";
import {
  biasName,
  kernelName,
  layerBefore,
  STUDENT_INPUT,
  STUDENT_LAYERS,
  startsBlock,
} from "../src/network/student.ts";
import { constantWeights, vggFeatures } from "../src/network/vgg19.ts";
import type { ConvolutionWeights, InputConvention, VggWeights } from "../src/network/weights.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import type { BatchShape } from "./lesson.ts";
import { chooseChannels, leastSquares } from "./linear-algebra.ts";
import { fitMaps } from "./maps.ts";
import { averageOver, flatFeatures, meanProduct, withConstant } from "./mean-products.ts";
import {
  convolutionsOf,
  namedViews,
  type Part,
  parameterCount,
  partOf,
  viewOf,
  widthIn,
} from "./parameters.ts";

/** A student at its beginning. */
export interface Beginning {
  readonly parameters: Float32Array;
  /** The root mean square of the teacher's features at each taught layer, at least: the unit of its map. */
  readonly units: ReadonlyMap<Layer, number>;
}

/** A student that there is already. */
interface Earlier {
  readonly layout: readonly Part[];
  readonly parameters: Float32Array;
}

/**
 * Makes the student's first parameters from the teacher and some pictures, `[N, 3, H, W]` each.
 * @param earlier a narrower student to widen: its channels stay, take nothing from the new ones yet, and the new ones are
 * chosen to explain what they leave.
 */
export async function beginFromTeacher(
  runtime: Runtime,
  teacher: VggWeights,
  layout: readonly Part[],
  shape: BatchShape,
  batches: readonly Float32Array[],
  earlier?: Earlier,
): Promise<Beginning> {
  const parameters = new Float32Array(parameterCount(layout));
  const views = namedViews(layout, parameters);
  const pictures = input("pictures", [shape.batch, 3, shape.height, shape.width]);
  const feeds = batches.map((values) => ({ pictures: values }));
  const units = new Map<Layer, number>();
  const student = (layers: readonly Layer[]) =>
    vggFeatures(pictures, STUDENT_INPUT, convolutionsOf(layout, views), { pooling: "max", layers });
  const taught = (layers: readonly Layer[]) =>
    vggFeatures(pictures, teacher.input, constantWeights(teacher.layers), { pooling: "max", layers });

  /** The teacher's input of a layer from the student's, as far as that is linear. */
  const reconstruction = async (layer: Layer, before: Layer) => {
    const theirs = withConstant(entering(layer, featuresAt(taught([before]), before).tensor));
    const own = withConstant(entering(layer, featuresAt(student([before]), before).tensor));
    const products = await averageOver(
      runtime,
      { cross: meanProduct(theirs, own), own: meanProduct(own, own) },
      feeds,
    );
    return leastSquares(products("cross"), products("own"));
  };

  for (const layer of STUDENT_LAYERS) {
    const kept = earlier ? keepChannels(earlier, layer, layout, views) : 0;
    const target = flatFeatures(featuresAt(taught([layer]), layer).tensor);
    const own = withConstant(featuresAt(student([layer]), layer).tensor);
    const products = await averageOver(
      runtime,
      {
        target: meanProduct(target, target),
        cross: meanProduct(target, own),
        own: meanProduct(own, own),
      },
      feeds,
    );
    const theirs = products("target");
    const cross = products("cross");
    const unexplained = Matrix.sub(theirs, leastSquares(cross, products("own")).mmul(cross.transpose()));
    const channels = channelsOf(layer);
    const chosen = chooseChannels(unexplained, widthIn(layout, layer) - kept);
    // A channel that never speaks in these pictures keeps its size.
    const sizes = chosen.map((channel) => Math.sqrt(theirs.get(channel, channel)) || 1);
    const before = layerBefore(layer);
    const map = before === undefined ? conventionMap(teacher.input) : await reconstruction(layer, before);
    const inputs = map.columns - 1;
    inheritKernels(teacher.layers[layer], inputChannelsOf(layer), map, chosen, sizes, {
      kernel: viewOf(views, kernelName(layer)).subarray(kept * inputs * 9),
      bias: viewOf(views, biasName(layer)).subarray(kept),
    });
    const power = Array.from({ length: channels }, (_, i) => theirs.get(i, i)).reduce((a, b) => a + b, 0);
    // In single precision, as a checkpoint keeps it.
    units.set(layer, Math.fround(Math.sqrt(power / channels)));
  }
  await fitMaps(runtime, layout, parameters, units, feeds, {
    student: (layer) => featuresAt(student([layer]), layer).tensor,
    teacher: (layer) => featuresAt(taught([layer]), layer).tensor,
  });
  return { parameters, units };
}

/** Copies a layer's channels, with nothing from channels before it that are new. @returns how many there are. */
function keepChannels(
  earlier: Earlier,
  layer: Layer,
  layout: readonly Part[],
  views: Readonly<Record<string, Float32Array>>,
): number {
  const theirs = namedViews(earlier.layout, earlier.parameters);
  const [kept = 0, from = 0] = partOf(earlier.layout, kernelName(layer)).shape;
  const [channels = 0, to = 0] = partOf(layout, kernelName(layer)).shape;
  if (kept > channels)
    throw new ImpastoError(
      `The student to widen has ${kept} channels at ${layer}, more than ${channels}: it cannot become narrower.`,
    );
  const kernel = viewOf(theirs, kernelName(layer));
  for (let channel = 0; channel < kept; channel++)
    viewOf(views, kernelName(layer)).set(
      kernel.subarray(channel * from * 9, (channel + 1) * from * 9),
      channel * to * 9,
    );
  viewOf(views, biasName(layer)).set(viewOf(theirs, biasName(layer)));
  return kept;
}

/** The features as the layer takes them in: pooled, where it begins a block. */
const entering = (layer: Layer, features: Tensor): Tensor =>
  startsBlock(layer) ? maxPool(features) : features;

/** From the student's input and the constant 1 to the teacher's input: both are linear in rgb. */
function conventionMap({ scale, offset }: InputConvention): Matrix {
  const map = Matrix.zeros(3, 4);
  for (let channel = 0; channel < 3; channel++) {
    const factor = scale[channel] / STUDENT_INPUT.scale[channel];
    map.set(channel, channel, factor);
    map.set(channel, 3, factor * STUDENT_INPUT.offset[channel] - offset[channel]);
  }
  return map;
}

/** The teacher's kernels of the chosen channels, applied to its input as the student's channels reconstruct it. */
function inheritKernels(
  { kernel, bias }: ConvolutionWeights,
  inputs: number,
  map: Matrix,
  chosen: readonly number[],
  sizes: readonly number[],
  into: ConvolutionWeights,
): void {
  const studentInputs = map.columns - 1;
  for (const [index, channel] of chosen.entries()) {
    const size = sizes[index];
    let constant = bias[channel];
    for (let input = 0; input < inputs; input++) {
      for (let position = 0; position < 9; position++) {
        const value = kernel[(channel * inputs + input) * 9 + position];
        constant += value * map.get(input, studentInputs);
        for (let from = 0; from < studentInputs; from++) {
          into.kernel[(index * studentInputs + from) * 9 + position] += (value * map.get(input, from)) / size;
        }
      }
    }
    into.bias[index] = constant / size;
  }
}
