import { describe, expect, test } from "vitest";
import { evaluate, relativeError } from "../../test/evaluate.ts";
import { narrowChannelsOf, narrowVgg19, randomPicture } from "../../test/narrow-vgg19.ts";
import { ImpastoError } from "../errors.ts";
import { topologicalOrder } from "../graph/gradients.ts";
import { ShapeError } from "../graph/shape.ts";
import { input } from "../graph/tensor.ts";
import { blockOf, byLayer, LAYERS, type Layer } from "./layers.ts";
import { featuresAt, POOLINGS, type Pooling } from "./network.ts";
import { constantWeights, vgg19, vggFeatures } from "./vgg19.ts";
import { type ConvolutionWeights, TORCHVISION, type VggWeights } from "./weights.ts";

const weights = narrowVgg19(1);
const SIZES = [
  [16, 16],
  [35, 22],
  [17, 40],
] as const;

/** Values in double precision, `[channels, height, width]`. */
interface Plane {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Float64Array;
}

function makePlane(
  channels: number,
  height: number,
  width: number,
  value: (channel: number, y: number, x: number) => number,
): Plane {
  const values = new Float64Array(channels * height * width);
  for (let i = 0; i < values.length; i++) {
    values[i] = value(Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width);
  }
  return { channels, height, width, values };
}

const at = ({ height, width, values }: Plane, channel: number, y: number, x: number): number =>
  y < 0 || x < 0 || y >= height || x >= width ? 0 : values[(channel * height + y) * width + x];

/** The architecture as the paper and Oxford's model file have it, by loops. */
function referenceFeatures(
  rgb: Float32Array,
  height: number,
  width: number,
  { layers, input: { scale, offset } }: VggWeights,
  pooling: Pooling,
): Record<Layer, Plane> {
  let x = makePlane(3, height, width, (c, i, j) => {
    return scale[c] * rgb[(c * height + i) * width + j] - offset[c];
  });
  let block = 1;
  return byLayer((layer) => {
    if (blockOf(layer) !== block) x = pooled(x, pooling);
    block = blockOf(layer);
    x = rectifiedConvolution(x, layers[layer]);
    return x;
  });
}

const pooled = (x: Plane, pooling: Pooling): Plane =>
  makePlane(x.channels, Math.floor(x.height / 2), Math.floor(x.width / 2), (c, i, j) => {
    const window = [0, 1, 2, 3].map((k) => at(x, c, 2 * i + (k >> 1), 2 * j + (k & 1)));
    const mean = (of: (value: number) => number): number =>
      window.reduce((sum, value) => sum + of(value), 0) / 4;
    if (pooling === "max") return Math.max(...window);
    return pooling === "average"
      ? mean((value) => value)
      : 1.56 * Math.sqrt(mean((value) => value ** 2) + 1e-8);
  });

const rectifiedConvolution = (x: Plane, { kernel, bias }: ConvolutionWeights): Plane =>
  makePlane(bias.length, x.height, x.width, (out, i, j) => {
    let sum = bias[out];
    for (let c = 0; c < x.channels; c++) {
      for (let tap = 0; tap < 9; tap++) {
        const weight = kernel[(out * x.channels + c) * 9 + tap];
        sum += weight * at(x, c, i + Math.floor(tap / 3) - 1, j + (tap % 3) - 1);
      }
    }
    return Math.max(sum, 0);
  });

describe.each(POOLINGS)("VGG-19 with %s pooling", (pooling) => {
  test.each(SIZES)(
    "has the features of the definition by loops, all sixteen layers, at %i × %i",
    async (height, width) => {
      const rgb = randomPicture(height, width, 9);
      const image = input("image", [1, 3, height, width]);
      const features = vggFeatures(image, weights.input, constantWeights(weights.layers), {
        pooling,
        layers: LAYERS,
      });
      const results = await evaluate(
        Object.fromEntries([...features].map(([layer, { tensor }]) => [layer, tensor])),
        { image: rgb },
      );
      const expected = referenceFeatures(rgb, height, width, weights, pooling);
      for (const layer of LAYERS) {
        const { channels, height: rows, width: columns, values } = expected[layer];
        expect(featuresAt(features, layer).tensor.shape).toEqual([1, channels, rows, columns]);
        expect(featuresAt(features, layer).channels).toBe(narrowChannelsOf(layer));
        expect(relativeError(results[layer], values), layer).toBeLessThan(1e-5);
        expect(Math.min(...results[layer]), `${layer} comes after its ReLU`).toBe(0);
      }
    },
  );
});

describe("VGG-19", () => {
  const network = vgg19(
    "narrow",
    weights,
    byLayer((layer) => new Array(narrowChannelsOf(layer)).fill(2)),
  );
  const options = { pooling: "max", normalized: false } as const;
  const image = input("image", [1, 3, 32, 32]);
  const convolutionsOf = (layers: readonly Layer[]): number => {
    const tensors = [...network.features(image, { ...options, layers }).values()].map(({ tensor }) => tensor);
    return topologicalOrder(tensors).filter(({ operation }) => operation === "convolution").length;
  };

  test("is built as deep as the deepest layer asked for, in whatever order they come", () => {
    expect(convolutionsOf(["conv1_1"])).toBe(1);
    expect(convolutionsOf(["conv3_1", "conv1_1"])).toBe(5);
    expect(convolutionsOf(["conv5_4"])).toBe(16);
  });

  test("gives the layers asked for and no others", () => {
    const features = network.features(image, { ...options, layers: ["conv2_1", "conv1_2"] });
    expect([...features.keys()].sort()).toEqual(["conv1_2", "conv2_1"]);
    expect(() => featuresAt(features, "conv1_1")).toThrow(ImpastoError);
    expect(() => featuresAt(features, "conv1_1")).toThrow("conv1_1");
  });

  test("tells its name, its checksum and how large its features are", () => {
    expect(network).toMatchObject({ name: "narrow", checksum: "narrow", largeFeatures: true });
    const other = vgg19(
      "other",
      { ...weights, input: TORCHVISION },
      byLayer(() => [1]),
    );
    expect(other.largeFeatures).toBe(false);
  });

  test("gives normalised features when asked: here, half of the others", async () => {
    const layers = ["conv1_1", "conv3_2"] as const;
    const plain = network.features(image, { ...options, layers });
    const normalized = network.features(image, { ...options, layers, normalized: true });
    const results = await evaluate(
      {
        plain: featuresAt(plain, "conv3_2").tensor,
        normalized: featuresAt(normalized, "conv3_2").tensor,
      },
      { image: randomPicture(32, 32, 3) },
    );
    expect(
      relativeError(
        results.normalized,
        results.plain.map((value) => value / 2),
      ),
    ).toBeLessThan(1e-6);
  });

  test("keeps the scale of its activations with L2 pooling", async () => {
    const image = input("image", [1, 3, 64, 64]);
    const meanOf = async (pooling: "max" | "l2"): Promise<number> => {
      const features = network.features(image, { pooling, normalized: false, layers: ["conv4_1"] });
      const { tensor } = featuresAt(features, "conv4_1");
      const { found } = await evaluate({ found: tensor }, { image: randomPicture(64, 64, 3) });
      return found.reduce((sum, value) => sum + value, 0) / found.length;
    };
    const ratio = (await meanOf("l2")) / (await meanOf("max"));
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.7);
  });

  test.each([
    ["maxPool", "max", 15, 64],
    ["averagePool", "average", 64, 15],
  ] as const)(
    "refuses a picture too small for the fourth pooling in the name of %s",
    (name, pooling, height, width) => {
      const small = input("image", [1, 3, height, width]);
      const build = (layer: Layer) =>
        network.features(small, { pooling, normalized: false, layers: [layer] });
      expect(() => build("conv4_4")).not.toThrow();
      expect(() => build("conv5_1")).toThrow(ShapeError);
      expect(() => build("conv5_1")).toThrow(`${name}: expected [N, C, H ≥ 2, W ≥ 2], got [1, 8, `);
    },
  );
});
