/**
 * The golden numbers of PyTorch in float64 with the same weights, for three pictures of 128 × 96 pixels.
 * The fixtures' folder holds the script that made them, and their convention in words.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { gradients } from "../src/graph/gradients.ts";
import { add } from "../src/graph/operations/add.ts";
import { input, type Tensor } from "../src/graph/tensor.ts";
import { readPicture } from "../src/image/decode.node.ts";
import { contentLoss } from "../src/loss/content.ts";
import { gramMeasure } from "../src/loss/gram.ts";
import { moments } from "../src/loss/moments.ts";
import { LAYERS } from "../src/network/layers.ts";
import { featuresAt, type Pooling } from "../src/network/network.ts";
import { readWeights } from "../src/network/read-weights.node.ts";
import { constantWeights, vggFeatures } from "../src/network/vgg19.ts";
import { OXFORD, TORCHVISION, type VggWeights } from "../src/network/weights.ts";
import { evaluate, norm, relativeError } from "./evaluate.ts";

const { IMPASTO_WEIGHTS, IMPASTO_FIXTURES } = process.env;
const STYLE_LAYERS = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"] as const;

const numbers = z.record(z.string(), z.number());
const results = z.object({
  features: z.record(
    z.string(),
    z.object({ shape: z.array(z.number()), mean: z.number(), std: z.number(), max: z.number() }),
  ),
  gram: z.record(z.string(), z.object({ trace: z.number(), norm: z.number() })),
  content: numbers,
  style: numbers,
  total: z.number(),
  gradientNorm: z.number(),
  gradient: numbers,
});
const fixture = z.object({ max: results, average: results });

/** One of the fixtures' pictures, with the shape that a graph takes it in. */
async function picture(name: string): Promise<{ rgb: Float32Array; shape: number[] }> {
  const { rgb, width, height } = await readPicture(join(IMPASTO_FIXTURES ?? "", "parity", `${name}.png`));
  return { rgb, shape: [1, 3, height, width] };
}

function statistics(values: Float32Array): { mean: number; std: number; max: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance), max: values.reduce((a, b) => Math.max(a, b)) };
}

/** Expects a number to be the golden one to a part of it. */
const expectRelative = (actual: number, golden: number, tolerance: number, what: string): void =>
  expect(Math.abs(actual - golden) / Math.abs(golden), `${what}: ${actual}, not ${golden}`).toBeLessThan(
    tolerance,
  );

describe.skipIf(!IMPASTO_WEIGHTS || !IMPASTO_FIXTURES)(
  "With VGG-19's weights and the fixtures (needs IMPASTO_WEIGHTS and IMPASTO_FIXTURES)",
  () => {
    let weights: VggWeights;
    let golden: z.infer<typeof fixture>;

    beforeAll(async () => {
      weights = await readWeights(IMPASTO_WEIGHTS ?? "");
      const text = await readFile(join(IMPASTO_FIXTURES ?? "", "parity", "expected.json"), "utf8");
      golden = fixture.parse(JSON.parse(text));
    });

    const featuresOf = (image: Tensor, pooling: Pooling) =>
      vggFeatures(image, weights.input, constantWeights(weights.layers), { pooling, layers: LAYERS });

    test.each(["max", "average"] as const)(
      "features, Grams, losses and gradient are PyTorch's, %s pooling",
      async (pooling) => {
        const [image, content, style] = await Promise.all(["image", "content", "style"].map(picture));
        const expected = golden[pooling];

        const grams = featuresOf(input("style", style.shape), pooling);
        const targets = await evaluate(
          Object.fromEntries([
            [
              "target conv4_2",
              featuresAt(featuresOf(input("content", content.shape), pooling), "conv4_2").tensor,
            ],
            ...STYLE_LAYERS.map((layer) => {
              const { tensor, channels } = featuresAt(grams, layer);
              return [`gram ${layer}`, gramMeasure.prepare(moments(tensor), channels).gram] as const;
            }),
          ]),
          { content: content.rgb, style: style.rgb },
        );

        const pixels = input("image", image.shape);
        const features = featuresOf(pixels, pooling);
        const conv4_2 = featuresAt(features, "conv4_2");
        const contentPart = contentLoss(
          conv4_2.tensor,
          input("target conv4_2", conv4_2.tensor.shape),
          conv4_2.channels,
        );
        const styleParts = STYLE_LAYERS.map((layer) => {
          const { tensor, channels } = featuresAt(features, layer);
          const made = gramMeasure.prepare(moments(tensor), channels).gram;
          return {
            layer,
            made,
            loss: gramMeasure.loss(moments(tensor), { gram: input(`gram ${layer}`, made.shape) }, channels),
          };
        });
        const total = add(contentPart, ...styleParts.map(({ loss }) => loss));
        const [gradient] = gradients(total, [pixels]);
        const found = await evaluate(
          Object.fromEntries<Tensor>([
            ["content", contentPart],
            ["total", total],
            ["gradient", gradient],
            ...styleParts.flatMap(
              ({ layer, made, loss }) =>
                [
                  [`style ${layer}`, loss],
                  [`made ${layer}`, made],
                ] as const,
            ),
            ...[...features].map(([layer, { tensor }]) => [layer, tensor] as const),
          ]),
          { image: image.rgb, ...targets },
        );

        for (const layer of LAYERS) {
          const want = expected.features[layer];
          const is = statistics(found[layer]);
          expect(featuresAt(features, layer).tensor.shape).toEqual([1, ...want.shape]);
          for (const key of ["mean", "std", "max"] as const) {
            expectRelative(is[key], want[key], 1e-4, `${key} of ${layer}`);
          }
        }
        for (const layer of STYLE_LAYERS) {
          const made = found[`made ${layer}`];
          const rows = Math.sqrt(made.length);
          const trace = made.reduce((sum, value, i) => (i % (rows + 1) === 0 ? sum + value : sum), 0);
          expectRelative(trace, expected.gram[layer].trace, 1e-4, `trace of ${layer}'s Gram`);
          expectRelative(norm(made), expected.gram[layer].norm, 1e-4, `norm of ${layer}'s Gram`);
          expectRelative(found[`style ${layer}`][0], expected.style[layer], 1e-4, `style loss at ${layer}`);
        }
        expectRelative(found.content[0], expected.content.conv4_2, 1e-4, "content loss");
        expectRelative(found.total[0], expected.total, 1e-4, "total");
        expectRelative(norm(found.gradient), expected.gradientNorm, 1e-3, "norm of the gradient");

        const [, , height, width] = image.shape;
        const largest = found.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        for (const [spot, want] of Object.entries(expected.gradient)) {
          const [channel, y, x] = spot.split(",").map(Number);
          const is = found.gradient[(channel * height + y) * width + x];
          expect(Math.abs(is - want) / largest, `gradient at ${spot}: ${is}, not ${want}`).toBeLessThan(1e-3);
        }
      },
    );

    test("Oxford's weights rewritten in torchvision's convention give the same features", async () => {
      const image = await picture("image");
      const [, , height, width] = image.shape;
      const pixels = input("image", image.shape);
      const layers = ["conv1_1", "conv3_1", "conv5_1"] as const;
      const rewritten = { ...weights.layers, conv1_1: inTorchvisionsConvention(weights) };
      const options = { pooling: "max", layers } as const;
      const build = (name: string, { input: convention, layers: kernels }: Omit<VggWeights, "checksum">) =>
        [...vggFeatures(pixels, convention, constantWeights(kernels), options)].map(
          ([layer, { tensor }]) => [`${name} ${layer}`, tensor] as const,
        );
      const found = await evaluate(
        Object.fromEntries([
          ...build("oxford", weights),
          ...build("torchvision", { input: TORCHVISION, layers: rewritten }),
        ]),
        { image: image.rgb },
      );
      // The zeros around the picture stand for another colour, so at the border the two differ by a part of a level.
      const inside = (_: number, i: number): boolean => {
        const [y, x] = [Math.floor(i / width) % height, i % width];
        return y > 0 && x > 0 && y < height - 1 && x < width - 1;
      };
      const [ours, theirs] = ["oxford", "torchvision"].map((name) => found[`${name} conv1_1`].filter(inside));
      expect(relativeError(theirs, ours)).toBeLessThan(1e-5);
      for (const layer of layers) {
        expect(relativeError(found[`torchvision ${layer}`], found[`oxford ${layer}`]), layer).toBeLessThan(
          5e-3,
        );
      }
    });
  },
);

/** conv1_1 for (rgb − mean) / std: kernel × 255·std, bias + Σ kernel · (255·mean − Oxford's mean). */
function inTorchvisionsConvention({ layers: { conv1_1 } }: VggWeights): VggWeights["layers"]["conv1_1"] {
  const means = TORCHVISION.offset.map((offset, channel) => offset / TORCHVISION.scale[channel]);
  const channelOf = (i: number): number => Math.floor(i / 9) % 3;
  const kernel = conv1_1.kernel.map((value, i) => (value * 255) / TORCHVISION.scale[channelOf(i)]);
  const bias = conv1_1.bias.map((value, filter) =>
    conv1_1.kernel
      .subarray(27 * filter, 27 * (filter + 1))
      .reduce((sum, tap, i) => sum + tap * (255 * means[channelOf(i)] - OXFORD.offset[channelOf(i)]), value),
  );
  return { kernel, bias };
}
