/**
 * What a transfer needs, without the 80 megabytes: a narrow VGG-19 on one CPU thread, small pictures, and a watch on the
 * programs that are compiled and released.
 * @module
 */
import { input } from "../src/graph/tensor.ts";
import type { Picture } from "../src/image/picture.ts";
import { byLayer, type Layer } from "../src/network/layers.ts";
import { type Edges, featuresAt, type Network, type Pooling, throughHeads } from "../src/network/network.ts";
import { vgg19 } from "../src/network/vgg19.ts";
import { openRuntime } from "../src/runtime/onnxruntime.node.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import type { Engine } from "../src/transfer/engine.ts";
import { evaluate, randomNumbers } from "./evaluate.ts";
import { narrowChannelsOf, narrowVgg19, randomPicture } from "./narrow-vgg19.ts";

/** A narrow network whose normalised features differ from its raw ones. */
export function narrowNetwork(seed = 1): Network {
  const next = randomNumbers(seed);
  const means = byLayer((layer) => Array.from({ length: narrowChannelsOf(layer) }, () => 0.5 + next()));
  return vgg19("narrow", narrowVgg19(seed), means);
}

/** An engine whose programs are counted. */
export interface WatchedEngine extends Engine {
  /** Programs compiled and not yet released. */
  open(): number;
  /** Programs compiled so far. */
  compiled(): number;
  /** The results of the last run. */
  lastResults(): Readonly<Record<string, Float32Array>>;
}

/** Opens an engine on a narrow network. */
export async function narrowEngine(network = narrowNetwork()): Promise<WatchedEngine> {
  const runtime = await openRuntime({ device: "cpu", threads: 1 });
  let [compiled, released] = [0, 0];
  let last: Readonly<Record<string, Float32Array>> = {};
  const watched: Runtime = {
    device: runtime.device,
    threads: runtime.threads,
    async compile(outputs) {
      const program = await runtime.compile(outputs);
      compiled += 1;
      return {
        async run(inputs) {
          last = await program.run(inputs);
          return last;
        },
        async release() {
          released += 1;
          await program.release();
        },
      };
    },
  };
  return {
    network,
    runtime: watched,
    open: () => compiled - released,
    compiled: () => compiled,
    lastResults: () => last,
  };
}

/** A picture of random colours, away from black and white so that small steps are not clamped. */
export const colours = (width: number, height: number, seed: number): Picture => ({
  width,
  height,
  rgb: randomPicture(height, width, seed).map((value) => 0.1 + 0.8 * value),
});

/** The features of one layer: C, H and W, all values, and those of each channel. */
export interface LayerFeatures {
  readonly shape: readonly [number, number, number];
  readonly values: Float32Array;
  readonly rows: readonly Float32Array[];
}

/** Computes a picture's features of one layer. */
export async function featuresOf(
  network: Network,
  { width, height, rgb }: Picture,
  layer: Layer,
  options: { readonly pooling: Pooling; readonly normalized: boolean; readonly edges?: Edges },
): Promise<LayerFeatures> {
  const image = input("image", [1, 3, height, width]);
  const features = network.features(image, { ...options, layers: [layer] });
  const { tensor } = featuresAt(throughHeads(features), layer);
  const { values } = await evaluate({ values: tensor }, { image: rgb });
  const [, channels, high, wide] = tensor.shape;
  const row = high * wide;
  const rows = Array.from({ length: channels }, (_, i) => values.subarray(i * row, (i + 1) * row));
  return { shape: [channels, high, wide], values, rows };
}

/** The layers whose style the presets take. */
export const STYLE_LAYERS = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"] as const;
