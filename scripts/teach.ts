/**
 * Teaches the built-in network. Usage:
 *   IMPASTO_WEIGHTS=<file> npm run teach -- <folder of pictures> [--recipe full]
 *     [--from <network.safetensors>] [--channels 16,16,32,…] [--checkpoints .cache/teaching/<recipe>]
 *     [--mean] [--output <checkpoints>/impasto.safetensors] [--marks file.json]
 * `full` and `sketch` begin from the teacher; the other recipes of training/curricula.ts from the network named by
 * `--from`, widened where `--channels` are given. `--channels` are thirteen counts from conv1_1 to conv5_1; unless given,
 * a quarter of VGG-19's. `--mean` writes the mean of what a run went on from and of what became of it, on the machine
 * that began it; a finished run started again with `--mean` only examines and writes.
 * A run that was killed goes on from its last checkpoint. At the end it examines the student on the pictures that were
 * set aside, and writes the network and its marks.
 * @module
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { writeAtomically } from "../src/image/write.node.ts";
import { parseMeanActivations } from "../src/network/mean-activations.ts";
import type { Pooling } from "../src/network/network.ts";
import { readWeights } from "../src/network/read-weights.node.ts";
import { parseSafetensors, type Safetensors } from "../src/network/safetensors.ts";
import { STUDENT_LAYERS } from "../src/network/student.ts";
import { openRuntime } from "../src/runtime/onnxruntime.node.ts";
import { type Beginning, beginFromTeacher } from "../training/beginning.ts";
import { readCheckpoint, writeCheckpoint } from "../training/checkpoint.node.ts";
import { curricula, GOING_ON } from "../training/curricula.ts";
import { examine, type Marks } from "../training/examination.ts";
import { exportStudent } from "../training/export.ts";
import { layoutOf } from "../training/parameters.ts";
import { cutBatch, readMaterial, type StoredPicture } from "../training/pictures.ts";
import { beginFromNetwork, convolutionsFrom } from "../training/pretrained.ts";
import { randomFor } from "../training/random.ts";
import { type Curriculum, noMoments, type Progress, teach } from "../training/teach.ts";
import { evenWidths, listedWidths, studentWidths, type Widths } from "../training/widths.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    channels: { type: "string" },
    checkpoints: { type: "string" },
    from: { type: "string" },
    mean: { type: "boolean", default: false },
    recipe: { type: "string", default: "full" },
    output: { type: "string" },
    marks: { type: "string" },
  },
});
const [folder] = positionals;
const weightsFile = process.env.IMPASTO_WEIGHTS;
if (folder === undefined || weightsFile === undefined) {
  throw new Error(
    "Usage: IMPASTO_WEIGHTS=<file> npm run teach -- <folder of pictures> [--recipe <name>] [--from <network>] [--channels 16,16,32,…] [--mean]",
  );
}
const recipes = new Map<string, readonly [Curriculum, ...Curriculum[]]>(Object.entries(curricula));
const recipe = recipes.get(values.recipe);
if (recipe === undefined) {
  throw new Error(
    `Expected one of ${[...recipes.keys()].join(", ")} for --recipe but received ${values.recipe}`,
  );
}
if (GOING_ON.includes(values.recipe) !== (values.from !== undefined)) {
  throw new Error(
    `The recipes ${GOING_ON.join(", ")} go on from a network, and they alone: name one with --from`,
  );
}
if (values.mean && values.from === undefined) {
  throw new Error("--mean needs a network to go on from: name one with --from");
}
const { checkpoints = `.cache/teaching/${values.recipe}` } = values;
const { output = `${checkpoints}/impasto.safetensors` } = values;
if (values.recipe === "wider" && values.channels === undefined) {
  throw new Error("The recipe wider is for more channels: give them with --channels");
}
/** The network to go on from; without one, teaching begins from the teacher. */
const origin = values.from === undefined ? undefined : await readFile(values.from);
const network = origin && parseSafetensors(origin, values.from);
const earlier = network && studentWidths(network);
/** What was asked for, or what the network has, or a quarter of VGG-19's. */
const widths =
  values.channels === undefined
    ? (earlier ?? evenWidths(4))
    : listedWidths(values.channels.split(",").map(Number));
const checksumOf = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
const facts = {
  recipe: values.recipe,
  ...(origin && { from: checksumOf(origin) }),
  channels: STUDENT_LAYERS.map(widths).join(", "),
  seeds: recipe.map(({ seed }) => seed).join(", "),
};
const [{ seed, batch }] = recipe;
const steps = recipe.reduce((sum, curriculum) => sum + curriculum.steps, 0);
/** Decides which pictures are set aside: the same ones in every recipe, so that no stretch is taught with them. */
const SPLIT_SEED = 0;
/** Batches of pictures from which the student begins: more where it is to lose nothing of what it was taught. */
const BEGINNING_BATCHES = origin ? 40 : 20;
const factsOf = ({ width, height, bytes }: StoredPicture) => [width, height, checksumOf(bytes)];
const REPORT_EVERY = 100;
const CHECKPOINT_EVERY = 200;
const EXAMINE_EVERY = 2000;

const teacher = await readWeights(weightsFile);
const means = parseMeanActivations(
  JSON.parse(await readFile(new URL("../models/vgg19-mean-activations.json", import.meta.url), "utf8")),
);
const material = await readMaterial(folder, { photographs: 50, artworks: 4 }, SPLIT_SEED);
const layout = layoutOf(widths);
/** What a checkpoint must be of for a run to go on from it. */
const course = checksumOf(
  JSON.stringify([
    facts,
    recipe,
    teacher.checksum,
    [...material.photographs, ...material.artworks].map(factsOf),
  ]),
);
const runtime = await openRuntime({ device: "cpu" });
const began = performance.now();
const log = (text: string) =>
  console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(6)} s  ${text}`);
const averages = (kind: string) =>
  Object.fromEntries(
    [...sums]
      .filter(([key]) => key.startsWith(`${kind} `))
      .map(([key, average]) => [key.slice(kind.length + 1), average]),
  );
const list = (errors: Readonly<Record<string, number>>) =>
  Object.entries(errors)
    .map(([layer, error]) => `${layer.slice("conv".length)} ${error.toFixed(3)}`)
    .join("  ");

async function begin(): Promise<Progress> {
  const batches = Array.from({ length: BEGINNING_BATCHES }, (_, index) =>
    cutBatch(material, batch, 0, randomFor(seed, -1e6 - index)),
  );
  const { parameters, units } = await (network && earlier
    ? beginFromPretrained(network, earlier, batches)
    : beginFromTeacher(runtime, teacher, layout, batch, batches));
  return { step: 0, parameters, moments: noMoments(parameters.length), units, scenes: [] };
}

/** Begins from a network that there is, as it is or with more channels: its maps have no columns for these, and are fitted anew. */
function beginFromPretrained(
  from: Safetensors,
  own: Widths,
  batches: readonly Float32Array[],
): Promise<Beginning> {
  if (values.channels === undefined) return beginFromNetwork(runtime, teacher, layout, from, batch, batches);
  const earlierLayout = layoutOf(own);
  const parameters = convolutionsFrom(from, earlierLayout);
  return beginFromTeacher(runtime, teacher, layout, batch, batches, { layout: earlierLayout, parameters });
}

/** Examines the student, and says how it did. */
async function exam(progress: Progress, pooling: Pooling): Promise<Marks> {
  const { parameters, units } = progress;
  const marks = await examine(runtime, teacher, layout, parameters, units, material.heldOut, pooling);
  log(`held out, ${pooling} pooling, features: ${list(marks.features)}`);
  log(`held out, ${pooling} pooling, Grams: ${list(marks.grams)}`);
  return marks;
}

let progress = (await readCheckpoint(checkpoints, course)) ?? (await begin());
const begun = progress.step;
log(`beginning at step ${progress.step} of ${steps}, ${progress.parameters.length} parameters`);
await exam(progress, "max");

const KINDS = ["features", "grams", "contrasts"] as const;
const sums = new Map<string, number>();
let longest = 0;
for (const curriculum of recipe) {
  if (progress.step >= curriculum.after + curriculum.steps) continue;
  for await (const { step, result, rate, gradientLength, progress: current } of teach(
    { runtime, teacher, means, layout, material },
    curriculum,
    progress,
  )) {
    for (const kind of KINDS) {
      for (const [layer, error] of Object.entries(result[kind])) {
        const key = `${kind} ${layer}`;
        sums.set(key, (sums.get(key) ?? 0) + error / REPORT_EVERY);
      }
    }
    longest = Math.max(longest, gradientLength);
    if (step % REPORT_EVERY === 0) {
      const left = ((performance.now() - began) / 1000 / (step - begun)) * (steps - step);
      log(
        `step ${step}  rate ${rate.toExponential(1)}  longest gradient ${longest.toFixed(1)}  ${left.toFixed(0)} s left`,
      );
      for (const kind of KINDS) log(`  ${kind.padEnd(9)} ${list(averages(kind))}`);
      sums.clear();
      longest = 0;
    }
    if (step % CHECKPOINT_EVERY === 0 || step === curriculum.after + curriculum.steps) {
      progress = current();
      await writeCheckpoint(checkpoints, course, progress);
      if (step % EXAMINE_EVERY === 0 && step < steps) await exam(progress, "max");
    }
  }
}

if (values.mean) {
  // Between two places in one valley of the loss there often is a lower one (Wortsman et al., CVPR 2022).
  const { parameters } = await begin();
  progress = { ...progress, parameters: progress.parameters.map((value, i) => (value + parameters[i]) / 2) };
  log("the mean of what it began with and of what became of it");
}
const marks: Record<string, unknown> = {
  steps,
  mean: values.mean,
  parameters: progress.parameters.length,
};
for (const pooling of ["max", "average"] as const) marks[pooling] = await exam(progress, pooling);
const bytes = exportStudent(layout, progress.parameters, progress.units, means, {
  description: "impasto's built-in network: VGG-19's shape with fewer channels, taught by VGG-19",
  ...facts,
  steps: String(steps),
  ...(values.mean && { mean: "with what it began with" }),
  license: "MIT; taught by VGG-19, K. Simonyan and A. Zisserman, CC BY 4.0",
});
await writeAtomically(output, bytes);
if (values.marks !== undefined)
  await writeAtomically(values.marks, new TextEncoder().encode(`${JSON.stringify(marks, null, 2)}\n`));
log(`wrote ${output}, ${bytes.length} bytes, SHA-256 ${checksumOf(bytes)}`);
