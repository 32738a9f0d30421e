/**
 * What docs/method.md shows, as data: each figure's file, and the commands whose results it shows, in their order. The
 * page has these commands word for word; a test holds one to the other.
 * @module
 */

/** Each layer of the method's style, the first alone, then with the next, up to all five. */
const STYLE_LAYERS = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"] as const;

/** The photograph and the painting. */
export const GIVEN = ["examples/cat.png", "examples/starry_night.jpg"] as const;

const METHOD = `impasto ${GIVEN.join(" ")} --preset gatys --network built-in --size 180 --iterations 150`;

/** Between content and style: the balance at which most figures are made. */
const BALANCED = `${METHOD} --content-weight 1e-7`;
const STYLE_ALONE = `${METHOD} --content-weight 0 --style-layers ${STYLE_LAYERS.join(",")}`;

/** The photograph, the painting and this result. */
export const OPENING = { file: "opening.jpg", command: BALANCED } as const;

/** The figures that are results side by side. */
export const STRIPS: Readonly<Record<string, readonly string[]>> = {
  "content.jpg": ["conv1_1", "conv2_1", "conv3_1", "conv4_2", "conv5_1"].map(
    (layer) => `${METHOD} --style-weight 0 --content-layers ${layer}`,
  ),
  "style.jpg": STYLE_LAYERS.map(
    (_, index) => `${METHOD} --content-weight 0 --style-layers ${STYLE_LAYERS.slice(0, index + 1).join(",")}`,
  ),
  "balance.jpg": ["1e-8", "1e-7", "1e-6", "1e-5"].map((alpha) => `${METHOD} --content-weight ${alpha}`),
  "start.jpg": ["noise --seed 1", "noise --seed 2", "content", "style"].map(
    (start) => `${BALANCED} --init ${start}`,
  ),
  "pooling.jpg": [
    `${BALANCED} --pooling average`,
    `${BALANCED} --pooling max`,
    `${METHOD} --content-weight 1e-6 --pooling max`,
  ],
};

/** The Gram matrices of the photograph, the painting and this result. */
export const GRAM = {
  file: "gram.jpg",
  layer: "conv2_1",
  /** Pixels to a number. */
  block: 4,
  command: STYLE_ALONE,
} as const;

/** Both terms of the loss while a picture is made. */
export const LOSSES = { file: "losses.svg", command: BALANCED } as const;

/** The loss by each optimiser, from the same noise. */
export const OPTIMIZERS = {
  file: "optimizers.svg",
  commands: {
    "L-BFGS": `${BALANCED} --optimizer lbfgs`,
    "Adam, step 0.02": `${BALANCED} --optimizer adam --learning-rate 0.02`,
    "Adam, step 0.1": `${BALANCED} --optimizer adam --learning-rate 0.1`,
  },
} as const;

/** Every command, by the figure that shows its result. */
export const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  [OPENING.file]: [OPENING.command],
  ...STRIPS,
  [GRAM.file]: [GRAM.command],
  [LOSSES.file]: [LOSSES.command],
  [OPTIMIZERS.file]: Object.values(OPTIMIZERS.commands),
};
