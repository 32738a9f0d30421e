/**
 * `impasto measure`: the losses of a picture as it is, for people and, with `--json`, for programs.
 * @module
 */
import { MisuseError } from "../../errors.ts";
import { readPicture } from "../../image/decode.node.ts";
import type { Picture } from "../../image/picture.ts";
import { SHORTEST_SIDE } from "../../image/size.ts";
import { memoryToRead } from "../../job/inputs.node.ts";
import { defaultMemory, openEngine } from "../../transfer/engine.node.ts";
import { type Measurement, measure } from "../../transfer/measure.ts";
import { optionsFrom, settingsFrom } from "../flags.ts";
import { checkStandardInput } from "../inputs.ts";
import { writeEngine } from "../notes.ts";
import { printableJson, printableLines } from "../printable.ts";
import { openProgress } from "../progress.ts";

/** Measures and prints. */
export async function measureCommand(
  imagePath: string,
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  const options = optionsFrom(flags);
  const { pooling } = settingsFrom(options);
  const paths = [imagePath, String(flags.content), String(flags.style)];
  checkStandardInput(paths);
  const [image, content, style] = await readMeasurables(paths, options.memory ?? defaultMemory());
  if (image.width !== content.width || image.height !== content.height) {
    throw new MisuseError(
      `"${flags.content}" has ${content.width}×${content.height} pixels and "${imagePath}" ${image.width}×${image.height}: measure pictures of one size.`,
    );
  }
  const progress = await openProgress({ quiet: flags.quiet === true });
  for (const note of [image, content, style].flatMap(({ notes = [] }) => notes)) progress.note(note);
  const engine = await openEngine(options);
  for (const note of writeEngine(engine, options)) progress.note(note);
  const measurement = await measure({ image, content, style, pooling }, engine);
  process.stdout.write(
    flags.json ? `${printableJson(measurement)}\n` : printableLines(writeTable(measurement)),
  );
}

/** One after another, all of them whole. */
async function readMeasurables(paths: readonly string[], memory: number): Promise<readonly Picture[]> {
  const read: Picture[] = [];
  for (const path of paths) read.push(await readMeasurable(path, memoryToRead(memory, read)));
  return read;
}

/** Nothing is resampled here, so the picture must be large enough for the network as it is. */
async function readMeasurable(path: string, memory: number): Promise<Picture> {
  const picture = await readPicture(path, { neededSize: (own) => own, memory });
  if (Math.min(picture.width, picture.height) < SHORTEST_SIDE) {
    throw new MisuseError(
      `"${path}" has ${picture.width}×${picture.height} pixels, and measuring needs at least ${SHORTEST_SIDE} a side.`,
    );
  }
  return picture;
}

function writeTable({ network, pooling, content, style, total, gradientNorm }: Measurement): string {
  const rows: readonly (readonly [string, string])[] = [
    ["network", network],
    ["pooling", pooling],
    ...named("content", content),
    ...named("style", style),
    ["total", total.toPrecision(7)],
    ["gradient norm", gradientNorm.toPrecision(7)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(16)}${value}\n`).join("");
}

const named = (
  kind: string,
  losses: Readonly<Record<string, number>>,
): readonly (readonly [string, string])[] =>
  Object.entries(losses).map(([layer, value]) => [`${kind} ${layer}`, value.toPrecision(7)]);
