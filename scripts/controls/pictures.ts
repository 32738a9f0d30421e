/**
 * What docs/controls.md shows, as data: each picture's file, and the command or the row of commands that it is made with.
 * The page has these commands word for word; a test holds one to the other.
 * @module
 */

const NIGHT = "impasto examples/cat.png examples/starry_night.jpg --network built-in";

/** The command that the others add to. */
export const PLAIN = `${NIGHT} --size 300`;

/** The pictures that one command makes, each as large as all of them. */
export const SINGLE: Readonly<Record<string, string>> = {
  "plain.jpg": PLAIN,
  "strength.jpg": `${PLAIN} --strength 0.8`,
  "style-scale.jpg": `${PLAIN} --style-scale 2`,
  "blend.jpg": `${PLAIN} docs/controls/glass.png`,
  "crop.jpg": `${PLAIN} --style-crop 0,50,50,50`,
  "masks.jpg": `${PLAIN} docs/controls/glass.png --mask docs/controls/left.png --mask docs/controls/right.png`,
  "keep.jpg": `${PLAIN} --keep docs/controls/face.png`,
  "white.jpg":
    "impasto docs/controls/cut-out.png examples/starry_night.jpg --network built-in --size 300 --keep docs/controls/background.png",
  "color-keep.jpg": `${PLAIN} --color keep`,
  "color-match.jpg": `${PLAIN} --color match`,
  "color-transfer-only.jpg": `${PLAIN} --color transfer-only`,
};

/** The folder that the script makes for a command of a row, and what is in it. */
export const FOLDER = {
  name: "paintings",
  files: ["examples/starry_night.jpg", "docs/controls/glass.png"],
} as const;

const SMALL = `${NIGHT} --size 240`;

/** The pictures that are results side by side, smaller. */
export const ROWS: Readonly<Record<string, readonly string[]>> = {
  "folder.jpg": [
    FOLDER.name,
    `${FOLDER.name} examples/rocket.jpg`,
    `${FOLDER.files.join(" ")} examples/rocket.jpg`,
  ].map((styles) => `impasto examples/cat.png ${styles} --network built-in --size 240`),
  "start.jpg": ["--init noise", "--init style", "--noise-ratio 0.5"].map((start) => `${SMALL} ${start}`),
  "scales.jpg": [1, 2, 3].map((scales) => `${SMALL} --init noise --scales ${scales}`),
  "pooling.jpg": ["max", "average", "l2"].map((pooling) => `${SMALL} --pooling ${pooling}`),
  "style-layers.jpg": ["conv1_1", "conv1_1,conv2_1:0.2", "conv4_1,conv5_1"].map(
    (layers) => `${SMALL} --style-layers ${layers}`,
  ),
  "content-layers.jpg": ["conv2_1", "conv4_2,conv5_1:0.5", "conv5_1"].map(
    (layers) => `${SMALL} --content-layers ${layers}`,
  ),
};

/** Every command, by the picture that shows its result. */
export const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(SINGLE).map(([file, command]) => [file, [command]])),
  ...ROWS,
};
