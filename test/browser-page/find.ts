/**
 * What is to be the same in a browser and under Node: losses, and a gradient.
 * @module
 */
import { type Engine, type Network, type Picture, throughHeads } from "impasto/browser";
import { add, gradients, input, reshape, rowProducts, scale, square, total } from "impasto/graph";

/** A loss of some features and their products, and its gradient, which goes back through layers of all kinds. */
export function energy(network: Network, { width, height }: Pick<Picture, "width" | "height">) {
  const image = input("image", [1, 3, height, width]);
  const layers = ["conv1_1", "conv2_1", "conv4_2"] as const;
  const features = throughHeads(network.features(image, { pooling: "max", layers, normalized: false }));
  const losses = [...features.values()].map(({ tensor }) => {
    const [, channels, rows, columns] = tensor.shape;
    const products = rowProducts(reshape(tensor, [channels, rows * columns]));
    const mean = 1 / (channels * rows * columns);
    return add(scale(mean, total(square(tensor))), total(square(scale(mean, products))));
  });
  const loss = losses.reduce((sum, one) => add(sum, one));
  const [gradient] = gradients(loss, [image]);
  return { loss, gradient };
}

/** What an engine is, and what it makes of a picture. */
export interface Found {
  readonly device: string;
  readonly threads: number;
  readonly loss: number;
  readonly gradient: Float32Array;
}

/** Evaluates the loss at a picture. */
export async function find({ network, runtime }: Engine, picture: Picture): Promise<Found> {
  const { device, threads } = runtime;
  const program = await runtime.compile(energy(network, picture));
  const { loss, gradient } = await program.run({ image: picture.rgb });
  await program.release();
  return { device, threads, loss: loss[0], gradient };
}
