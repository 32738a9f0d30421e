/**
 * What an optimiser needs of the whole loss's gradient, on pictures that are nothing but ties to a max pooling:
 * a small step against it goes down, by the step times the gradient's squared length where the loss is smooth.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { gradients } from "../src/graph/gradients.ts";
import { add } from "../src/graph/operations/add.ts";
import { scale } from "../src/graph/operations/multiply.ts";
import { input } from "../src/graph/tensor.ts";
import { contentLoss } from "../src/loss/content.ts";
import { gramMeasure } from "../src/loss/gram.ts";
import { moments } from "../src/loss/moments.ts";
import { featuresAt, POOLINGS, type Pooling } from "../src/network/network.ts";
import { readWeights } from "../src/network/read-weights.node.ts";
import { constantWeights, vggFeatures } from "../src/network/vgg19.ts";
import type { VggWeights } from "../src/network/weights.ts";
import { dot, evaluate, withProgram } from "./evaluate.ts";
import { narrowVgg19, randomPicture } from "./narrow-vgg19.ts";

const { IMPASTO_WEIGHTS } = process.env;
const [HEIGHT, WIDTH] = [48, 64];
const SHAPE = [1, 3, HEIGHT, WIDTH];
const STYLE_LAYERS = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"] as const;
const LAYERS = [...STYLE_LAYERS, "conv4_2"] as const;

const constantPicture = new Float32Array(3 * HEIGHT * WIDTH).fill(0.5);
const borderedPicture = randomPicture(HEIGHT, WIDTH, 3).map((value, i) => {
  const [y, x] = [Math.floor(i / WIDTH) % HEIGHT, i % WIDTH];
  return y < 12 || x < 12 || y >= HEIGHT - 12 || x >= WIDTH - 12 ? 1 : value;
});

/** Content and five Grams, each weighted to be 1 at the picture, and the gradient of their sum. */
async function lossAround(weights: VggWeights, pooling: Pooling, picture: Float32Array) {
  const image = input("image", SHAPE);
  const features = vggFeatures(image, weights.input, constantWeights(weights.layers), {
    pooling,
    layers: LAYERS,
  });
  const { tensor: conv4_2, channels } = featuresAt(features, "conv4_2");
  const grams = STYLE_LAYERS.map((layer) => {
    const { tensor, channels: filters } = featuresAt(features, layer);
    return { layer, filters, tensor, made: gramMeasure.prepare(moments(tensor), filters).gram };
  });
  const content = await evaluate({ conv4_2 }, { image: randomPicture(HEIGHT, WIDTH, 1) });
  const style = await evaluate(Object.fromEntries(grams.map(({ layer, made }) => [layer, made])), {
    image: randomPicture(HEIGHT, WIDTH, 2).map((value) => value ** 2),
  });
  const parts = [
    contentLoss(conv4_2, input("content", conv4_2.shape), channels),
    ...grams.map(({ layer, tensor, filters, made }) =>
      gramMeasure.loss(moments(tensor), { gram: input(`gram ${layer}`, made.shape) }, filters),
    ),
  ];
  const targets = {
    content: content.conv4_2,
    ...Object.fromEntries(STYLE_LAYERS.map((layer) => [`gram ${layer}`, style[layer]])),
  };
  const sizes = await evaluate(Object.fromEntries(parts.map((part, i) => [`part${i}`, part])), {
    image: picture,
    ...targets,
  });
  const weighted = parts.map((part, i) => scale(1 / sizes[`part${i}`][0], part));
  const loss = add(...([weighted[0], ...weighted.slice(1)] as const));
  const [gradient] = gradients(loss, [image]);
  return { outputs: { loss, gradient }, targets };
}

/** The loss before and after one step against the gradient that should bring `part` of the loss, and how much it did. */
async function descend(weights: VggWeights, pooling: Pooling, picture: Float32Array, part: number) {
  const { outputs, targets } = await lossAround(weights, pooling, picture);
  return withProgram(outputs, async (program) => {
    const before = await program.run({ image: picture, ...targets });
    const { gradient } = before;
    const step = (part * before.loss[0]) / dot(gradient, gradient);
    const image = picture.map((value, i) => value - step * gradient[i]);
    const after = await program.run({ image, ...targets });
    return (before.loss[0] - after.loss[0]) / (part * before.loss[0]);
  });
}

const PART = 0.003;

/**
 * A gradient that were given whole to each of the equal values of a window would make this 0.05 on the constant
 * picture and 0.5 on the bordered one. Above 1 it is where a largest value moves further than its equals' mean.
 */
async function expectDescent(weights: VggWeights, pooling: Pooling, picture: Float32Array, smooth: boolean) {
  const ratio = await descend(weights, pooling, picture, PART);
  expect(ratio).toBeGreaterThan(smooth ? 0.97 : 0.85);
  expect(ratio).toBeLessThan(smooth ? 1.03 : 1.5);
}

const pictures = [
  { name: "a constant picture", picture: constantPicture, ties: true },
  { name: "a picture with a flat border", picture: borderedPicture, ties: true },
  { name: "a random picture", picture: randomPicture(HEIGHT, WIDTH, 7), ties: false },
];
const cases = POOLINGS.flatMap((pooling) => pictures.map((one) => [one.name, pooling, one] as const));

describe("With a narrow network, the loss falls by the step times the squared gradient", () => {
  test.each(cases)("from %s, %s pooling", async (_, pooling, { picture, ties }) => {
    for (const seed of [100, 200, 300]) {
      await expectDescent(narrowVgg19(seed), pooling, picture, pooling === "average" || !ties);
    }
  });
});

describe.skipIf(!IMPASTO_WEIGHTS)(
  "With VGG-19, the loss falls by about the step times the squared gradient (needs IMPASTO_WEIGHTS)",
  () => {
    let weights: VggWeights;

    beforeAll(async () => {
      weights = await readWeights(IMPASTO_WEIGHTS ?? "");
    });

    test.each(cases)("from %s, %s pooling", async (_, pooling, { picture, ties }) => {
      // Flat colour leaves many filters at the edge of their rectifier: there average pooling has kinks too.
      await expectDescent(weights, pooling, picture, !ties);
    });
  },
);
