/**
 * Makes the figures of docs/method.md from the example pictures, by the built-in network: runs the commands that the page
 * names, and draws their results side by side, their losses as curves, their Gram matrices as heat maps.
 * Usage: npm run docs:method [-- <figure> ...]
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { matmul } from "../src/graph/operations/matmul.ts";
import { scale } from "../src/graph/operations/multiply.ts";
import { reshape } from "../src/graph/operations/reshape.ts";
import { transpose } from "../src/graph/operations/transpose.ts";
import { input } from "../src/graph/tensor.ts";
import { readPicture } from "../src/image/decode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { resize } from "../src/image/resize.ts";
import { featuresAt } from "../src/network/network.ts";
import { openEngine } from "../src/transfer/engine.node.ts";
import { type LossReport, lossOfKind } from "../src/transfer/objective.ts";
import { drain, stylize } from "../src/transfer/stylize.ts";
import { drawChart } from "./method-page/chart.ts";
import { readCommand } from "./method-page/command.ts";
import { GIVEN, GRAM, LOSSES, OPENING, OPTIMIZERS, STRIPS } from "./method-page/figures.ts";
import { heatMap } from "./method-page/heat-map.ts";
import { filesNamed } from "./named.ts";
import { encodeStrip } from "./strip.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const engine = await openEngine({ network: "built-in", device: "cpu", reuse: true });

/** A command's result, and the losses of its evaluations. */
interface Made {
  readonly picture: Picture;
  readonly losses: readonly LossReport[];
}
const made = new Map<string, Promise<Made>>();

/** What a command makes; run once, however many figures show it. */
function make(command: string): Promise<Made> {
  const running = made.get(command) ?? run(command);
  made.set(command, running);
  return running;
}

async function run(command: string): Promise<Made> {
  const { files, options } = readCommand(command);
  const [content, picture] = await Promise.all(files.map((path) => readPicture(join(root, path))));
  const losses: LossReport[] = [];
  const steps = stylize({ content, styles: [{ picture, weight: 1 }], options }, engine);
  const result = await drain(steps, ({ loss }) => losses.push(loss));
  const [contentLoss, styleLoss] = ["content", "style"].map((kind) => lossOfKind(result.loss, kind));
  console.log(`${command}: content ${contentLoss.toPrecision(2)}, style ${styleLoss.toPrecision(2)}`);
  return { picture: result.picture, losses };
}

/** G = F Fᵀ / M of a picture at a layer, of the network's own filters. */
async function gramOf({ width, height, rgb }: Picture): Promise<Float32Array> {
  const image = input("image", [1, 3, height, width]);
  const layers = [GRAM.layer];
  const { tensor } = featuresAt(
    engine.network.features(image, { layers, pooling: "average", normalized: true }),
    GRAM.layer,
  );
  const [, filters, rows, columns] = tensor.shape;
  const F = reshape(tensor, [filters, rows * columns]);
  const program = await engine.runtime.compile({ G: scale(1 / (rows * columns), matmul(F, transpose(F))) });
  const { G } = await program.run({ image: rgb });
  await program.release();
  return G;
}

/** The photograph and the painting, as large as a result. */
async function givenLike({ width, height }: Picture): Promise<readonly Picture[]> {
  const given = await Promise.all(GIVEN.map((path) => readPicture(join(root, path))));
  return given.map((picture) => resize(picture, width, height));
}

async function drawOpening(): Promise<readonly Picture[]> {
  const { picture } = await make(OPENING.command);
  return [...(await givenLike(picture)), picture];
}

/** The Gram matrices in one scale, filters in the order of how much they see in the painting. */
async function drawGrams(): Promise<readonly Picture[]> {
  const { picture: result } = await make(GRAM.command);
  const pictures = [...(await givenLike(result)), result];
  const grams = await Promise.all(pictures.map(gramOf));
  const painting = grams[1];
  const n = Math.sqrt(painting.length);
  const order = Array.from({ length: n }, (_, filter) => filter).sort(
    (a, b) => painting[b * n + b] - painting[a * n + a],
  );
  const most = Math.max(...painting);
  // The root, for a few filters see so much more than the others that these would all be black.
  return grams.map((gram) =>
    heatMap(
      order.flatMap((i) => order.map((j) => Math.sqrt(Math.max(0, gram[i * n + j]) / most))),
      GRAM.block,
    ),
  );
}

async function drawLosses(): Promise<string> {
  const { losses } = await make(LOSSES.command);
  return drawChart("Both losses over the evaluations", {
    "α · content loss": losses.map((loss) => lossOfKind(loss, "content")),
    "style loss": losses.map((loss) => lossOfKind(loss, "style")),
  });
}

async function drawOptimizers(): Promise<string> {
  const curves: Record<string, readonly number[]> = {};
  for (const [name, command] of Object.entries(OPTIMIZERS.commands)) {
    curves[name] = (await make(command)).losses.map(({ total }) => total);
  }
  return drawChart("The loss over the evaluations by each optimiser", curves);
}

/** The results of commands, one after another. */
async function results(commands: readonly string[]): Promise<readonly Picture[]> {
  const pictures: Picture[] = [];
  for (const command of commands) pictures.push((await make(command)).picture);
  return pictures;
}

const DRAWN: Readonly<Record<string, () => Promise<string | Uint8Array>>> = {
  [OPENING.file]: async () => encodeStrip(await drawOpening()),
  ...Object.fromEntries(
    Object.entries(STRIPS).map(([file, commands]) => [
      file,
      async () => encodeStrip(await results(commands)),
    ]),
  ),
  [GRAM.file]: async () => encodeStrip(await drawGrams()),
  [LOSSES.file]: drawLosses,
  [OPTIMIZERS.file]: drawOptimizers,
};

const folder = join(root, "docs", "method");
mkdirSync(folder, { recursive: true });
const names = process.argv.slice(2);
const figures = Object.keys(DRAWN);
for (const file of names.length > 0 ? filesNamed(figures, names) : figures) {
  writeFileSync(join(folder, file), await DRAWN[file]());
}
await engine.close?.();
