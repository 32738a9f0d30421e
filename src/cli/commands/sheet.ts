/**
 * `impasto sheet`: checks everything, then repaints the photograph quickly in each style at each strength, and writes
 * the sheet. Stopped by Ctrl-C, it writes the sheet with the cells that are done.
 * @module
 */

import { readBytes } from "../../image/file.node.ts";
import type { Picture } from "../../image/picture.ts";
import { resize } from "../../image/resize.ts";
import type { Size } from "../../image/size.ts";
import type { InputPicture } from "../../job/input-picture.ts";
import { decodeInput, memoryToRead, pictureName } from "../../job/inputs.node.ts";
import type { JobIo } from "../../job/job.ts";
import { jobOf, lossesOf } from "../../job/recipe.ts";
import type { JobRunner } from "../../job/runner.ts";
import { required } from "../../required.ts";
import { defaultMemory } from "../../transfer/engine.node.ts";
import type { Iterate, Stylization } from "../../transfer/iterate.ts";
import type { Options } from "../../transfer/options.ts";
import { withEngine } from "../at-work.ts";
import { flagsOf, optionsFrom, settingsFrom } from "../flags.ts";
import { checkStandardInput, readInputs, readingNotes } from "../inputs.ts";
import { writeOptionNotes, writeStyleNotes } from "../notes.ts";
import { printableJson } from "../printable.ts";
import { openProgress, type Progress, writeSeconds } from "../progress.ts";
import { refuseOverwriting } from "../refuse-overwriting.ts";
import { failedBut } from "../rescue.ts";
import type { Sheet, SheetCell, SheetRow } from "../sheet.ts";
import { parseStrengths, SHEET_DEFAULTS } from "../sheet-options.ts";
import { openSheetTarget } from "../sheet-target.ts";
import { writeCommand } from "../shell.ts";
import { checkStandardOutput } from "../standard-output.ts";

/** All that was asked for, checked. */
interface Plan {
  readonly photoPath: string;
  readonly photo: InputPicture;
  readonly initial: InputPicture | undefined;
  readonly paintings: readonly Painting[];
  readonly strengths: readonly number[];
  readonly options: Options;
  readonly size: Size;
  /** What is to be said of the pictures, and of the paintings at this size. */
  readonly notes: readonly string[];
}

/** A painting, as its file and as a thumbnail: there may be many. */
interface Painting {
  readonly path: string;
  readonly thumbnail: Picture;
  /** Decodes it, from the bytes that were read. */
  decode(): Promise<InputPicture>;
}

/** Makes a contact sheet. */
export async function sheetCommand(
  photoPath: string,
  paintingPaths: readonly string[],
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  const strengths = parseStrengths(String(flags.strengths));
  const options = optionsFrom({ ...SHEET_DEFAULTS, ...flags });
  const output = typeof flags.output === "string" ? flags.output : undefined;
  checkStandardOutput(output, flags.json === true);
  const { init } = settingsFrom(options);
  const read = { pictures: [photoPath, ...paintingPaths], init, network: options.network };
  await refuseOverwriting({ "--output": output }, read);
  const target = await openSheetTarget(output, photoPath);
  const plan = await makePlan(photoPath, paintingPaths, strengths, options);
  target.check(plan.size, paintingPaths.length, strengths.length);

  const progress = await openProgress({ quiet: flags.quiet === true });
  await withEngine({ ...options, reuse: true }, progress, async (runner, interrupt) => {
    for (const note of writeOptionNotes(flags, settingsFrom(options))) progress.note(note);
    for (const note of plan.notes) progress.note(note);
    const results: Stylization[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      await makeCells(plan, runner, progress, interrupt.signal, results);
    } catch (error) {
      failure = { error };
    }
    const cells = paintingPaths.length * strengths.length;
    const stopped = results.length < cells;
    if (stopped) process.exitCode = interrupt.exitCode();
    if (results.length === 0) {
      if (failure) throw failure.error;
      progress.note("Stopped before the first cell was done; nothing was written.");
      return;
    }
    const sheet = sheetOf(plan, runner, results);
    const path = await target.write(sheet);
    if (failure) throw failedBut(failure.error, `The cells done before that are in "${path}".`);
    progress.note(
      `${stopped ? "Stopped; wrote the cells done so far to" : "Wrote"} ${path} (${results.length} of ${cells} cells)`,
    );
    if (flags.json) {
      process.stdout.write(`${printableJson(reportOf(path, sheet, options, runner, stopped))}\n`);
    }
  });
}

/** Every painting is decoded once to see that it can be, but only its thumbnail is kept: there may be many. */
async function makePlan(
  photoPath: string,
  paintingPaths: readonly string[],
  strengths: readonly number[],
  options: Options,
): Promise<Plan> {
  const settings = settingsFrom(options);
  const memory = options.memory ?? defaultMemory();
  checkStandardInput([photoPath, ...paintingPaths, settings.init]);
  const inputs = await readInputs({ content: photoPath, styles: [] }, settings, memory);
  const photo = inputs.content;
  const size = settings.contentSize(photo.picture, settings.size);
  const left = memoryToRead(memory, [photo.picture]);
  const reading = { memory: left, neededSize: (own: Size) => settings.styleSize(own, size) };
  const paintings: Painting[] = [];
  const notes = [...readingNotes(inputs)];
  for (const path of paintingPaths) {
    const bytes = await readBytes(path, left);
    const decode = (): Promise<InputPicture> => decodeInput(bytes, path, reading);
    const { picture } = await decode();
    paintings.push({ path, decode, thumbnail: fitInto(picture, size) });
    const named = [{ name: pictureName(path), picture }];
    notes.push(
      ...(picture.notes ?? []),
      ...writeStyleNotes(photo.picture, named, settings, options.styleScale),
    );
  }
  return { photoPath, photo, initial: inputs.initial, paintings, strengths, options, size, notes };
}

/** Reduces a picture, its shape kept, until it fits into a cell. */
function fitInto(picture: Picture, cell: Size): Picture {
  const ratio = Math.min(1, cell.width / picture.width, cell.height / picture.height);
  const side = (length: number): number => Math.max(1, Math.round(length * ratio));
  return resize(picture, side(picture.width), side(picture.height));
}

/** Adds the results row by row; fewer than there are cells when the signal came. */
async function makeCells(
  { photo, initial, paintings, strengths, options }: Plan,
  runner: JobRunner,
  progress: Progress,
  signal: AbortSignal,
  results: Stylization[],
): Promise<void> {
  const cells = paintings.length * strengths.length;
  for (const { path, decode } of paintings) {
    const { picture: painting, facts } = await decode();
    for (const strength of strengths) {
      const inputs = {
        content: photo.facts,
        styles: [{ ...facts, weight: 1 }],
        ...(initial === undefined ? {} : { initial: initial.facts }),
      };
      const cell = { ...options, strength };
      const job = jobOf(inputs, cell, photo.picture, runner.engine);
      const where = `Cell ${results.length + 1} of ${cells}: ${pictureName(path)} at strength ${strength}`;
      const pictures = [photo.picture, painting, ...(initial === undefined ? [] : [initial.picture])];
      const result = await runner.run(job, inTurn(pictures), { signal }, (iterate) =>
        progress.update(() => {
          const left = secondsLeft(iterate, results, cells);
          const time = left === undefined ? "" : `, ${writeSeconds(left)} left`;
          return `${where}, ${iterate.evaluation}/${iterate.evaluations}${time}`;
        }),
      );
      if (result.stopped) return;
      results.push(result);
    }
  }
}

/** Gives a job its pictures, which stay here for the next. */
function inTurn(pictures: readonly Picture[]): JobIo {
  const left = [...pictures];
  return { read: async ({ name }) => required(left.shift(), `picture of ${name}`) };
}

/** What is left of this cell, and as much for each to come as the cells so far took on average; at first nobody knows. */
function secondsLeft(here: Iterate, done: readonly Stylization[], cells: number): number | undefined {
  const sum = done.reduce((seconds, result) => seconds + result.seconds, 0);
  const average = done.length === 0 ? undefined : sum / done.length;
  const left = here.secondsLeft ?? (average && Math.max(0, average - here.secondsElapsed));
  if (left === undefined) return undefined;
  return left + (cells - done.length - 1) * (average ?? here.secondsElapsed + left);
}

function sheetOf(plan: Plan, runner: JobRunner, results: readonly Stylization[]): Sheet {
  const { photoPath, photo, paintings, strengths, options, size } = plan;
  // What makes a run quick is left to its defaults at full size.
  const { size: _size, iterations, ...shared } = options;
  const rows = paintings.map(({ path, thumbnail }, row): SheetRow => {
    const cells = strengths.map((strength, column): SheetCell => {
      const command = writeCommand(photoPath, path, flagsOf({ ...shared, strength }));
      return { strength, command, result: results[row * strengths.length + column] };
    });
    return { style: path, thumbnail, cells };
  });
  const note = `Quick runs: ${size.width}×${size.height} pixels, ${iterations} iterations, the preset ${options.preset}, the network ${runner.engine.network.name}.`;
  return {
    photo: photoPath,
    thumbnail: resize(photo.picture, size.width, size.height),
    size,
    strengths,
    note,
    rows,
  };
}

/** What `--json` prints: the cells that are done. */
function reportOf(
  output: string,
  { size, rows }: Sheet,
  { preset }: Options,
  runner: JobRunner,
  stopped: boolean,
) {
  const cells = rows.flatMap(({ style: painting, cells: row }) =>
    row.flatMap(({ strength, command, result }) => {
      if (result === undefined) return [];
      const { loss, evaluations, seconds } = result;
      return [{ style: painting, strength, command, evaluations, seconds, loss: lossesOf(loss) }];
    }),
  );
  return { output, preset, network: runner.engine.network.name, ...size, stopped, cells };
}
