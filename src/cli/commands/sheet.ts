/**
 * `impasto sheet`: checks everything, then repaints the photograph quickly in each style at each strength, and writes
 * the sheet. Stopped by Ctrl-C, it writes the sheet with the cells that are done.
 * @module
 */
import { decodePicture } from "../../image/decode.node.ts";
import { readBytes } from "../../image/file.node.ts";
import type { Picture } from "../../image/picture.ts";
import { resize } from "../../image/resize.ts";
import type { Size } from "../../image/size.ts";
import { defaultMemory, type OpenedEngine, openEngine } from "../../transfer/engine.node.ts";
import type { Iterate, Stylization } from "../../transfer/iterate.ts";
import type { Options } from "../../transfer/options.ts";
import { stylize } from "../../transfer/stylize.ts";
import { writeEngine } from "../engine-note.ts";
import { flagsOf, optionsFrom, settingsFrom } from "../flags.ts";
import { follow, letSignalsIn } from "../follow.ts";
import { checkStandardInput, memoryToRead, pictureName, readInputs, readingNotes } from "../inputs.ts";
import { watchForInterrupt } from "../interrupt.ts";
import { writeOptionNotes } from "../option-notes.ts";
import { printableJson } from "../printable.ts";
import { openProgress, type Progress, writeSeconds } from "../progress.ts";
import { refuseOverwriting } from "../refuse-overwriting.ts";
import { failedBut } from "../rescue.ts";
import type { Sheet, SheetCell, SheetRow } from "../sheet.ts";
import { parseStrengths, SHEET_DEFAULTS } from "../sheet-options.ts";
import { openSheetTarget } from "../sheet-target.ts";
import { writeCommand } from "../shell.ts";
import { checkStandardOutput } from "../standard-output.ts";
import { writeStyleNotes } from "../style-notes.ts";

/** All that was asked for, checked. */
interface Plan {
  readonly photoPath: string;
  readonly photo: Picture;
  readonly initial: Picture | undefined;
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
  decode(): Promise<Picture>;
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
  const interrupt = watchForInterrupt(() =>
    progress.note("Stopping after this evaluation; press Ctrl-C again to stop at once."),
  );
  try {
    const engine = await openEngine(options);
    for (const note of writeEngine(engine, options)) progress.note(note);
    for (const note of writeOptionNotes(flags, settingsFrom(options))) progress.note(note);
    for (const note of plan.notes) progress.note(note);
    await letSignalsIn();
    const results: Stylization[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      await makeCells(plan, engine, progress, interrupt.signal, results);
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
    const sheet = sheetOf(plan, engine, results);
    const path = await target.write(sheet);
    if (failure) throw failedBut(failure.error, `The cells done before that are in "${path}".`);
    progress.note(
      `${stopped ? "Stopped; wrote the cells done so far to" : "Wrote"} ${path} (${results.length} of ${cells} cells)`,
    );
    if (flags.json) {
      process.stdout.write(`${printableJson(reportOf(path, sheet, options, engine, stopped))}\n`);
    }
  } finally {
    interrupt.release();
    progress.end();
  }
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
  const inputs = await readInputs(photoPath, [], settings, memory);
  const photo = inputs.content.picture;
  const size = settings.contentSize(photo, settings.size);
  const left = memoryToRead(memory, [photo]);
  const reading = { memory: left, neededSize: (own: Size) => settings.styleSize(own, size) };
  const paintings: Painting[] = [];
  const notes = [...readingNotes(inputs)];
  for (const path of paintingPaths) {
    const bytes = await readBytes(path, left);
    const decode = (): Promise<Picture> => decodePicture(bytes, path, reading);
    const picture = await decode();
    paintings.push({ path, decode, thumbnail: fitInto(picture, size) });
    const named = [{ name: pictureName(path), picture }];
    notes.push(...(picture.notes ?? []), ...writeStyleNotes(photo, named, settings, options.styleScale));
  }
  return { photoPath, photo, initial: inputs.initial?.picture, paintings, strengths, options, size, notes };
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
  engine: OpenedEngine,
  progress: Progress,
  signal: AbortSignal,
  results: Stylization[],
): Promise<void> {
  const cells = paintings.length * strengths.length;
  for (const { path, decode } of paintings) {
    const styles = [{ picture: await decode(), weight: 1 }];
    for (const strength of strengths) {
      const request = { content: photo, styles, options: { ...options, strength } };
      const steps = stylize(initial === undefined ? request : { ...request, initial }, engine, signal);
      const where = `Cell ${results.length + 1} of ${cells}: ${pictureName(path)} at strength ${strength}`;
      const result = await follow(steps, (iterate) =>
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

/** What is left of this cell, and as much for each to come as the cells so far took on average; at first nobody knows. */
function secondsLeft(here: Iterate, done: readonly Stylization[], cells: number): number | undefined {
  const sum = done.reduce((seconds, result) => seconds + result.seconds, 0);
  const average = done.length === 0 ? undefined : sum / done.length;
  const left = here.secondsLeft ?? (average && Math.max(0, average - here.secondsElapsed));
  if (left === undefined) return undefined;
  return left + (cells - done.length - 1) * (average ?? here.secondsElapsed + left);
}

function sheetOf(plan: Plan, engine: OpenedEngine, results: readonly Stylization[]): Sheet {
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
  const note = `Quick runs: ${size.width}×${size.height} pixels, ${iterations} iterations, the preset ${options.preset}, the network ${engine.network.name}.`;
  return { photo: photoPath, thumbnail: resize(photo, size.width, size.height), size, strengths, note, rows };
}

/** What `--json` prints: the cells that are done. */
function reportOf(
  output: string,
  { size, rows }: Sheet,
  { preset }: Options,
  engine: OpenedEngine,
  stopped: boolean,
) {
  const cells = rows.flatMap(({ style: painting, cells: row }) =>
    row.flatMap(({ strength, command, result }) => {
      if (result === undefined) return [];
      const { loss, evaluations, seconds } = result;
      const { total, content, style, smoothness } = loss;
      return [
        {
          style: painting,
          strength,
          command,
          evaluations,
          seconds,
          loss: { total, content, style, smoothness },
        },
      ];
    }),
  );
  return { output, preset, network: engine.network.name, ...size, stopped, cells };
}
