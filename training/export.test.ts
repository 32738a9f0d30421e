import { expect, test } from "vitest";
import { convolution } from "../src/graph/operations/convolution.ts";
import { constant, input, type Tensor } from "../src/graph/tensor.ts";
import { mappedMoments, moments } from "../src/loss/moments.ts";
import { byLayer, channelsOf } from "../src/network/layers.ts";
import { featuresAt, throughHeads } from "../src/network/network.ts";
import { parseSafetensors } from "../src/network/safetensors.ts";
import {
  biasName,
  kernelName,
  STUDENT_INPUT,
  studentNetwork,
  TAUGHT_LAYERS,
} from "../src/network/student.ts";
import { vggFeatures } from "../src/network/vgg19.ts";
import { evaluate, uniform } from "../test/evaluate.ts";
import { exportStudent } from "./export.ts";
import { constantName, layoutOf, mapName, namedViews, parameterCount, viewOf } from "./parameters.ts";
import { evenWidths } from "./widths.ts";

const DIVISOR = 16;
const UNIT = 3;
const LAYER = "conv3_1";
const layout = layoutOf(evenWidths(DIVISOR));
const parameters = uniform([parameterCount(layout)], 1).map((value) => 0.5 * value);
const views = namedViews(layout, parameters);
const means = byLayer((layer) =>
  Array.from({ length: channelsOf(layer) }, (_, channel) => 1 + (channel % 3)),
);
const units = new Map(TAUGHT_LAYERS.map((layer) => [layer, UNIT]));
const network = studentNetwork(
  parseSafetensors(exportStudent(layout, parameters, units, means, {}), "the student"),
  "checksum",
);
const image = input("image", [1, 3, 32, 40]);
const pictures = [uniform([1, 3, 32, 40], 2), uniform([1, 3, 32, 40], 3)].map((picture) =>
  picture.map((value) => 0.5 + 0.5 * value),
);

/** unit · (W s + b), which the heads are to stand for; divided by the means where they are normalised. */
function taught(normalized: boolean): Tensor {
  const shapeOf = (name: string) => layout.find((part) => part.name === name)?.shape ?? [];
  const weight = (name: string) => constant(viewOf(views, name), shapeOf(name));
  const features = vggFeatures(
    image,
    STUDENT_INPUT,
    (layer) => ({ kernel: weight(kernelName(layer)), bias: weight(biasName(layer)) }),
    { pooling: "max", layers: [LAYER] },
  );
  const channels = channelsOf(LAYER);
  const factor = (row: number) => UNIT / (normalized ? means[LAYER][row] : 1);
  const inputs = evenWidths(DIVISOR)(LAYER);
  const map = viewOf(views, mapName(LAYER)).map((value, index) => value * factor(Math.floor(index / inputs)));
  const constants = viewOf(views, constantName(LAYER)).map((value, row) => value * factor(row));
  const { tensor } = featuresAt(features, LAYER);
  return convolution(tensor, constant(map, [channels, inputs, 1, 1]), constant(constants, [channels]), 0);
}

const distance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + (value - b[index]) ** 2, 0);

test.each([
  ["raw", false],
  ["normalised", true],
])("an exported student has the distances of the features it was taught: %s", async (_, normalized) => {
  const map = featuresAt(network.features(image, { pooling: "max", layers: [LAYER], normalized }), LAYER);
  const full = featuresAt(throughHeads(new Map([[LAYER, map]])), LAYER).tensor;
  if (map.head === undefined) throw new Error("There is no head");
  const found: Record<string, Float32Array>[] = [];
  for (const picture of pictures) {
    const values = {
      expected: taught(normalized),
      full,
      ...{ gram: moments(taught(normalized)).second },
      ...{ mapped: mappedMoments(moments(map.tensor), map.head).second },
      direct: moments(full).second,
    };
    found.push(await evaluate(values, { image: picture }));
  }
  const between = (name: string) => distance(found[0][name], found[1][name]);
  // To half precision.
  expect(between("full") / between("expected")).toBeCloseTo(1, 2);
  expect(between("mapped") / between("gram")).toBeCloseTo(1, 2);
  expect(between("mapped") / between("direct")).toBeCloseTo(1, 4);
  expect(map.channels).toBe(channelsOf(LAYER));
});
