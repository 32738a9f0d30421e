/**
 * Scores pictures with VGG-19: features through the product's network and runtime, everything after them in float64.
 * Nothing here knows how the pictures were made.
 * @module
 */
import { input } from "../../src/graph/tensor.ts";
import { overMeanColour } from "../../src/image/alpha.ts";
import type { Picture } from "../../src/image/picture.ts";
import { resize } from "../../src/image/resize.ts";
import { channelsOf, type Layer } from "../../src/network/layers.ts";
import { featuresAt } from "../../src/network/network.ts";
import { openNetwork } from "../../src/network/open.node.ts";
import { openRuntime } from "../../src/runtime/onnxruntime.node.ts";
import { type Distribution, distributionOf, gramDistance } from "./distribution.ts";
import { CONTENT_LAYER, type Scores, STYLE_LAYERS } from "./scores.ts";
import { distanceTo } from "./wasserstein.ts";

/** Scores pictures against one content and one style. */
export type Score = (picture: Picture) => Promise<Scores>;

/** A network ready to look at pictures. */
export interface Judge {
  /** Looks at a content and a style, neither of which is resampled; pictures of other sizes are, to the content's. */
  against(content: Picture, style: Picture): Promise<Score>;
}

const LAYERS: readonly Layer[] = [...STYLE_LAYERS, CONTENT_LAYER];

type Seen = Readonly<Record<string, Float32Array>>;

/** Opens VGG-19, found as the product finds it. @throws MisuseError where there are no weights. */
export async function openJudge(environment: NodeJS.ProcessEnv = process.env): Promise<Judge> {
  const runtime = await openRuntime({ device: "cpu" });
  const { network } = await openNetwork("vgg19", environment);

  async function look({ width, height, rgb }: Picture): Promise<Seen> {
    const image = input("image", [1, 3, height, width]);
    const features = network.features(image, { pooling: "max", layers: LAYERS, normalized: false });
    const program = await runtime.compile(
      Object.fromEntries(LAYERS.map((layer) => [layer, featuresAt(features, layer).tensor])),
    );
    try {
      return await program.run({ image: rgb });
    } finally {
      await program.release();
    }
  }

  return {
    async against(content, style) {
      const wanted = (await look(overMeanColour(content)))[CONTENT_LAYER];
      const painting = distributions(await look(overMeanColour(style)));
      const distances = byLayer((layer) => distanceTo(painting[layer]));
      return async (picture) => {
        const shown = overMeanColour(resize(picture, content.width, content.height));
        const seen = await look(shown);
        const found = distributions(seen);
        const scores = {
          content: 5 * meanSquaredDifference(seen[CONTENT_LAYER], wanted),
          style: byLayer((layer) => 100 * gramDistance(found[layer], painting[layer])),
          w2: byLayer((layer) => distances[layer](found[layer])),
          tv: 1e-3 * 255 * totalVariation(shown),
        };
        const style = Object.values(scores.style).reduce((sum, value) => sum + value, 0);
        return { ...scores, total: scores.content + style + scores.tv };
      };
    },
  };
}

type StyleLayer = (typeof STYLE_LAYERS)[number];

const byLayer = <Value>(make: (layer: StyleLayer) => Value): Record<StyleLayer, Value> => ({
  conv1_1: make("conv1_1"),
  conv2_1: make("conv2_1"),
  conv3_1: make("conv3_1"),
  conv4_1: make("conv4_1"),
  conv5_1: make("conv5_1"),
});

const distributions = (seen: Seen): Record<StyleLayer, Distribution> =>
  byLayer((layer) => distributionOf(seen[layer], channelsOf(layer)));

const meanSquaredDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + (value - b[index]) ** 2, 0) / a.length;

/** Σ|x − right neighbour| + Σ|x − lower neighbour| */
function totalVariation({ width, height, rgb }: Picture): number {
  let sum = 0;
  for (let i = 0; i < rgb.length; i++) {
    if ((i + 1) % width !== 0) sum += Math.abs(rgb[i] - rgb[i + 1]);
    if (Math.floor(i / width) % height !== height - 1) sum += Math.abs(rgb[i] - rgb[i + width]);
  }
  return sum;
}
