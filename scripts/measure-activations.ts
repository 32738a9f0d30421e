/**
 * Measures the mean activation of every filter of VGG-19 over a folder of photographs, for models/.
 * Usage: IMPASTO_WEIGHTS=<file> npm run measure-activations -- <folder>
 * Each picture is seen at 256×256 pixels: its shorter side resized to that, its middle cut out.
 * @module
 */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scale } from "../src/graph/operations/multiply.ts";
import { sum } from "../src/graph/operations/sum.ts";
import { input } from "../src/graph/tensor.ts";
import { readPicture } from "../src/image/decode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { resize } from "../src/image/resize.ts";
import { byLayer, channelsOf, LAYERS } from "../src/network/layers.ts";
import { readWeights } from "../src/network/read-weights.node.ts";
import { constantWeights, vggFeatures } from "../src/network/vgg19.ts";
import { openRuntime } from "../src/runtime/onnxruntime.node.ts";

const SIDE = 256;
const TABLE = new URL("../models/vgg19-mean-activations.json", import.meta.url);

function middle(picture: Picture): Float32Array {
  const shorter = Math.min(picture.width, picture.height);
  const side = (length: number) => Math.round((length * SIDE) / shorter);
  const { width, height, rgb } = resize(picture, side(picture.width), side(picture.height));
  const left = Math.floor((width - SIDE) / 2);
  const top = Math.floor((height - SIDE) / 2);
  const cut = new Float32Array(3 * SIDE * SIDE);
  for (let row = 0; row < 3 * SIDE; row++) {
    const start = (Math.floor(row / SIDE) * height + top + (row % SIDE)) * width + left;
    cut.set(rgb.subarray(start, start + SIDE), row * SIDE);
  }
  return cut;
}

const [folder] = process.argv.slice(2);
const weightsFile = process.env.IMPASTO_WEIGHTS;
if (folder === undefined || weightsFile === undefined) {
  throw new Error("Usage: IMPASTO_WEIGHTS=<file> npm run measure-activations -- <folder of photographs>");
}
const weights = await readWeights(weightsFile);
const image = input("image", [1, 3, SIDE, SIDE]);
const features = vggFeatures(image, weights.input, constantWeights(weights.layers), {
  pooling: "max",
  layers: LAYERS,
});
const means = Object.fromEntries(
  [...features].map(([layer, { tensor }]) => {
    const [, , height = 1, width = 1] = tensor.shape;
    return [layer, scale(1 / (height * width), sum(tensor, [2, 3]))];
  }),
);
const runtime = await openRuntime({ device: "cpu" });
const program = await runtime.compile(means);
const sums = byLayer((layer) => new Float64Array(channelsOf(layer)));
const files = (await readdir(folder)).sort();
for (const [index, file] of files.entries()) {
  const found = await program.run({ image: middle(await readPicture(join(folder, file))) });
  for (const layer of LAYERS) {
    for (const [filter, mean] of (found[layer] ?? []).entries()) sums[layer][filter] += mean / files.length;
  }
  if ((index + 1) % 100 === 0) console.error(`${index + 1} of ${files.length} pictures`);
}
await program.release();
// A filter that was never active keeps a mean that can be divided by.
const table = byLayer((layer) =>
  Array.from(sums[layer], (mean) => Number(Math.max(mean, 1e-3).toPrecision(5))),
);
const lines = Object.entries(table).map(([layer, values]) => `  "${layer}": [${values.join(", ")}]`);
await writeFile(TABLE, `{\n${lines.join(",\n")}\n}\n`);
