/**
 * The sixteen convolutions of VGG-19 (Simonyan and Zisserman, 2015) as data: their names, widths and blocks.
 * A 2×2 pooling follows the last convolution of each block.
 * @module
 */

/** The layers of VGG-19 in order, each named as in the literature. */
export const LAYERS = [
  "conv1_1",
  "conv1_2",
  "conv2_1",
  "conv2_2",
  "conv3_1",
  "conv3_2",
  "conv3_3",
  "conv3_4",
  "conv4_1",
  "conv4_2",
  "conv4_3",
  "conv4_4",
  "conv5_1",
  "conv5_2",
  "conv5_3",
  "conv5_4",
] as const;

/** The name of a convolution; its features are its activations after the ReLU. */
export type Layer = (typeof LAYERS)[number];

/** Output channels of the convolutions of each of the five blocks. */
const BLOCK_CHANNELS = [64, 128, 256, 512, 512] as const;

/** The block of a layer, 1 to 5. */
export const blockOf = (layer: Layer): number => Number(layer.slice("conv".length, layer.indexOf("_")));

/** Output channels of a layer of VGG-19. */
export const channelsOf = (layer: Layer): number => BLOCK_CHANNELS[blockOf(layer) - 1];

/** Input channels of a layer of VGG-19: the layer before it, or the picture's three. */
export const inputChannelsOf = (layer: Layer): number => {
  const before = LAYERS[LAYERS.indexOf(layer) - 1];
  return before === undefined ? 3 : channelsOf(before);
};

/** A record over the sixteen layers, made layer by layer in order. */
export const byLayer = <T>(make: (layer: Layer) => T): Record<Layer, T> => {
  const record: Partial<Record<Layer, T>> = {};
  for (const layer of LAYERS) record[layer] = make(layer);
  const complete = (partial: Partial<Record<Layer, T>>): partial is Record<Layer, T> =>
    LAYERS.every((layer) => layer in partial);
  if (!complete(record)) throw new TypeError("Expected a value for every layer");
  return record;
};

/** The group of a layer in Keras' files: `conv3_2` is `block3_conv2`. */
export const kerasNameOf = (layer: Layer): string =>
  layer.replace(/^conv(\d)_(\d)$/, (_, block, index) => `block${block}_conv${index}`);

/**
 * The index of a layer in torchvision's `features` sequence, where a ReLU follows each convolution
 * and a pooling each block: 0, 2, 5, 7, 10, … 34.
 */
export const torchvisionIndexOf = (layer: Layer): number => 2 * LAYERS.indexOf(layer) + blockOf(layer) - 1;
