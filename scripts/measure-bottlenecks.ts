/**
 * Measures how many directions of each layer of VGG-19 conv4_1 needs: what part of conv4_1's power is lost when the layer
 * after it sees only the strongest ones. It is no bound, for a student's few channels need not be those directions, but it
 * tells where a student is narrow and where it is wide.
 * Usage: IMPASTO_WEIGHTS=<file> npm run measure-bottlenecks -- <folder of pictures> [16,16,32,…]
 * Prints each layer alone with a quarter, three eighths and half of its directions, then all at once with the student's
 * widths, thirteen counts from conv1_1 to conv5_1. The folder is that of `npm run teach`.
 * @module
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { maxPool } from "../src/graph/operations/max-pool.ts";
import { square } from "../src/graph/operations/multiply.ts";
import { subtract } from "../src/graph/operations/subtract.ts";
import { total } from "../src/graph/operations/sum.ts";
import { input, type Tensor } from "../src/graph/tensor.ts";
import { channelsOf, LAYERS, type Layer } from "../src/network/layers.ts";
import { featuresAt } from "../src/network/network.ts";
import { readWeights } from "../src/network/read-weights.node.ts";
import { startsBlock } from "../src/network/student.ts";
import { constantWeights, vggFeatures } from "../src/network/vgg19.ts";
import type { ConvolutionWeights } from "../src/network/weights.ts";
import { openRuntime } from "../src/runtime/onnxruntime.node.ts";
import { averageOver, flatFeatures, meanProduct } from "../training/mean-products.ts";
import { cutBatch, readMaterial } from "../training/pictures.ts";
import { randomFor } from "../training/random.ts";
import { listedWidths } from "../training/widths.ts";

const TARGET: Layer = "conv4_1";
const LAYERS_BEFORE = LAYERS.slice(0, LAYERS.indexOf(TARGET));
const PARTS = [1 / 4, 3 / 8, 1 / 2];
const BATCH = { batch: 4, width: 192, height: 192 };
const BATCHES = 4;

const [folder, widths] = process.argv.slice(2);
const weightsFile = process.env.IMPASTO_WEIGHTS;
if (folder === undefined || weightsFile === undefined) {
  throw new Error(
    "Usage: IMPASTO_WEIGHTS=<file> npm run measure-bottlenecks -- <folder of pictures> [widths]",
  );
}
const { layers, input: convention } = await readWeights(weightsFile);
const material = await readMaterial(folder, { photographs: 50, artworks: 4 }, 0);
const runtime = await openRuntime({ device: "cpu" });
const pictures = input("pictures", [BATCH.batch, 3, BATCH.height, BATCH.width]);
const batchesFrom = (seed: number) =>
  Array.from({ length: BATCHES }, (_, step) => ({
    pictures: cutBatch(material, BATCH, 0, randomFor(seed, step)),
  }));
const [seen, unseen] = [batchesFrom(0), batchesFrom(1)];
const features = (weights: typeof layers, wanted: readonly Layer[]) =>
  vggFeatures(pictures, convention, constantWeights(weights), { pooling: "max", layers: wanted });

/** Each layer's features as the next one takes them in, as eigenvectors of their mean products, the strongest first. */
const whole = features(layers, LAYERS);
const entering = Object.fromEntries(
  LAYERS_BEFORE.map((layer): [string, Tensor] => {
    const { tensor } = featuresAt(whole, layer);
    const rows = flatFeatures(startsBlock(nextOf(layer)) ? maxPool(tensor) : tensor);
    return [layer, meanProduct(rows, rows)];
  }),
);
const products = await averageOver(runtime, entering, seen);
const directions = new Map(
  LAYERS_BEFORE.map((layer): [Layer, Matrix] => {
    const { eigenvectorMatrix } = new EigenvalueDecomposition(products(layer), { assumeSymmetric: true });
    // Eigenvalues rise.
    return [layer, eigenvectorMatrix.flipRows()];
  }),
);

/** The layer that takes in another's features. */
function nextOf(layer: Layer): Layer {
  const next = LAYERS[LAYERS.indexOf(layer) + 1];
  if (next === undefined) throw new TypeError(`There is nothing after ${layer}`);
  return next;
}

/** A convolution that sees only the first directions of its input. */
function blinkered({ kernel, bias }: ConvolutionWeights, layer: Layer, count: number): ConvolutionWeights {
  const vectors = directions.get(layer);
  if (vectors === undefined) throw new TypeError(`There are no directions of ${layer}`);
  const kept = vectors.subMatrixColumn(Array.from({ length: count }, (_, index) => index));
  const projection = kept.mmul(kept.transpose());
  const inputs = channelsOf(layer);
  const seeing = new Float32Array(kernel.length);
  for (let output = 0; output < bias.length; output++) {
    const rows = Matrix.from1DArray(
      inputs,
      9,
      kernel.subarray(output * inputs * 9, (output + 1) * inputs * 9),
    );
    seeing.set(projection.mmul(rows).to1DArray(), output * inputs * 9);
  }
  return { kernel: seeing, bias };
}

/** What part of the target's power is lost, on cuts that the directions were not made from. */
async function loss(counts: ReadonlyMap<Layer, number>): Promise<number> {
  const weights = { ...layers };
  for (const [layer, count] of counts) {
    const next = nextOf(layer);
    weights[next] = blinkered(layers[next], layer, count);
  }
  const right = featuresAt(whole, TARGET).tensor;
  const wrong = featuresAt(features(weights, [TARGET]), TARGET).tensor;
  const power = await averageOver(
    runtime,
    { error: total(square(subtract(wrong, right))), all: total(square(right)) },
    unseen,
  );
  return power("error").get(0, 0) / power("all").get(0, 0);
}

console.log(`layer alone, ${PARTS.map((part) => `${100 * part} %`).join(", ")} of its directions`);
for (const layer of LAYERS_BEFORE) {
  const losses = [];
  for (const part of PARTS) losses.push(await loss(new Map([[layer, channelsOf(layer) * part]])));
  console.log(`${layer}  ${losses.map((value) => value.toFixed(3)).join("  ")}`);
}
if (widths !== undefined) {
  const counts = listedWidths(widths.split(",").map(Number));
  const each = LAYERS_BEFORE.map((layer): [Layer, number] => [layer, counts(layer)]);
  console.log(`all, as many as ${widths}  ${(await loss(new Map(each))).toFixed(3)}`);
}
