/**
 * `impasto again`: makes a picture again from its recipe, the same or with other options.
 * @module
 */
import { dirname } from "node:path";
import { MisuseError } from "../../errors.ts";
import { cropSize } from "../../image/crop.ts";
import { STANDARD_INPUT } from "../../image/file.node.ts";
import { checkFits } from "../../image/format.ts";
import type { Size } from "../../image/size.ts";
import { optionsAgain, scalesFrom, type UncheckedOptions } from "../../job/again.ts";
import { type LookedInput, lookAtInput } from "../../job/inputs.node.ts";
import { type EngineFacts, inputsOf, type Job, jobFrom, jobOf, withoutInitial } from "../../job/recipe.ts";
import { required } from "../../required.ts";
import { defaultMemory } from "../../transfer/engine.node.ts";
import { type Options, parseOptions, startsFromFile } from "../../transfer/options.ts";
import { withEngine } from "../at-work.ts";
import { checkNewCheckpoint, checkpointFrom, keepCheckpoints } from "../checkpoint.ts";
import { type FoundFile, findInputs, pathsOf, readFound } from "../find-inputs.ts";
import { checkNetwork, networkChoice } from "../find-network.ts";
import { flagOf, givenOptions, settingsFrom, textFrom } from "../flags.ts";
import { frameOptionsFrom } from "../frame-options.ts";
import { openFrames, refuseFrameNames } from "../frames.ts";
import type { SeeFile } from "../inputs.ts";
import { makePicture } from "../make-picture.ts";
import { type NamedPainting, writeStyleNotes } from "../notes.ts";
import { openPreview } from "../preview.ts";
import { openProgress } from "../progress.ts";
import { readRecipeJson } from "../read-recipe.ts";
import { refuseOverwriting } from "../refuse-overwriting.ts";
import { checkStandardOutput } from "../standard-output.ts";
import { openTarget } from "../target.ts";
import { readSoftware } from "../version.ts";

/** Makes a picture again. */
export async function againCommand(path: string, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const changes = givenOptions(flags);
  const start = startFrom(path, flags);
  const recipe = await readRecipeJson(path);
  const before = jobFrom(recipe);
  const output = textFrom(flags.output);
  const previewPath = textFrom(flags.preview);
  const checkpoint = checkpointFrom(flags);
  checkStandardOutput(output, flags.json === true);
  const progress = await openProgress({ quiet: flags.quiet === true });
  const find = textFrom(flags.find);
  const folders = [dirname(path), "."];
  const kept = start === undefined ? before : withoutInitial(before);
  const found = new Map(await findInputs(inputsOf(kept), { folders, find }, progress.note));
  const network =
    textFrom(changes.network) ??
    networkChoice(before, undefined, find === undefined ? folders : [find, ...folders]);
  const read = { pictures: [path, ...pathsOf(found)], init: start ?? "content", network };
  const outputs = { "--output": output, "--preview": previewPath, "--checkpoint": checkpoint?.path };
  await refuseOverwriting(outputs, read);
  const frameOptions = frameOptionsFrom(flags);
  await refuseFrameNames(outputs, frameOptions);
  if (checkpoint) await checkNewCheckpoint(checkpoint.path);
  const names = [before.content, ...before.styles].map(({ name }) => name);
  const preview = await openPreview(previewPath, progress.note);
  const frames = await openFrames(frameOptions, progress.note);

  const request = { before, found, network, changes, start, fromResult: flags.from !== undefined };
  const isSame = Object.keys(changes).length === 0 && start === undefined;
  const { options, size, notes, jobFor } = isSame ? asBefore(request) : await changed(request);
  const target = await openTarget(output, names, options.depth);
  checkFits(target.format, size.width, size.height);
  for (const note of [...softwareNotes(recipe), ...notes]) progress.note(note);

  await withEngine(options, progress, async (runner, interrupt) => {
    if (changes.network === undefined) checkNetwork(before, runner.engine);
    const job = jobFor(runner.engine);
    const see: SeeFile = (file, bytes, input) => {
      for (const note of input.picture.notes ?? []) progress.note(note);
      checkpoint?.files.see(file, bytes, input);
    };
    const run = { job, output, network, frames: frameOptions };
    await makePicture({
      job,
      io: readFound(found, options, see),
      runner,
      target,
      progress,
      interrupt,
      preview,
      frames,
      checkpoints: checkpoint && (await keepCheckpoints(checkpoint, run, interrupt.signal, progress.note)),
      json: flags.json === true,
    });
  });
}

/** Where it is to start, if that is to be said anew: the picture itself, or what `--init` says. */
function startFrom(path: string, { from, init }: Readonly<Record<string, unknown>>): string | undefined {
  if (from === undefined) return textFrom(init);
  if (init !== undefined) {
    throw new MisuseError("--from and --init both say where to start: leave one out.");
  }
  if (path !== STANDARD_INPUT) return path;
  throw new MisuseError("--from result reads the picture twice: save it to a file first.");
}

/** What is known before the engine is opened. */
interface Request {
  readonly before: Job;
  readonly found: Map<string, FoundFile>;
  readonly network: string;
  readonly changes: UncheckedOptions;
  readonly start: string | undefined;
  readonly fromResult: boolean;
}

/** What is to be made. */
interface Wanted {
  readonly options: Options;
  readonly size: Size;
  readonly notes: readonly string[];
  jobFor(engine: EngineFacts): Job;
}

const asBefore = ({ before, network }: Request): Wanted => ({
  options: { ...before.options, network, device: before.device },
  size: before.size,
  notes: [],
  jobFor: () => before,
});

/** The job with other options: its plan is made anew. A start that is another file is added to those that were found. */
async function changed({ before, found, network, changes, start, fromResult }: Request): Promise<Wanted> {
  const { device = before.device, scales } = changes;
  const wished = {
    ...optionsAgain(before, changes),
    network,
    device,
    ...(start && { init: start }),
    // The finished picture is no start to put the same noise on once more.
    ...(fromResult && { noiseRatio: changes.noiseRatio }),
  };
  let options = parseOptions(wished, flagOf);
  let settings = settingsFrom(options);
  const memory = options.memory ?? defaultMemory();
  const lookAt = (checksum: string): Promise<LookedInput> => {
    const neededSize = (own: Size): Size => settings.contentSize(own, settings.size);
    return lookAtInput(required(found.get(checksum), checksum).path, { memory, neededSize });
  };
  const content = (await lookAt(before.content.checksum)).size;
  const { size: asked, preset } = changes;
  const isSameSize = asked === undefined && preset === undefined;
  const size = isSameSize ? before.size : settings.contentSize(content, settings.size);
  const initial = start !== undefined && startsFromFile(start) ? await lookAtInput(start) : undefined;
  if (initial !== undefined && start !== undefined) found.set(initial.facts.checksum, { path: start });
  if (initial !== undefined && fromResult && scales === undefined) {
    const sizes = settings.schedule(longest(size)).map((scale) => scale.longest);
    options = { ...options, scales: scalesFrom(longest(initial.size), sizes) };
    settings = settingsFrom(options);
  }
  const others = withoutInitial(before);
  const first = start === undefined ? before.initial : initial?.facts;
  const inputs = first === undefined ? others : { ...others, initial: first };
  const paintings: NamedPainting[] = [];
  for (const { name, checksum, crop } of before.styles) {
    const own = (await lookAt(checksum)).size;
    paintings.push({ name, picture: crop === undefined ? own : cropSize(own, crop) });
  }
  return {
    options,
    size,
    notes: writeStyleNotes(size, paintings, settings, options.styleScale),
    jobFor: (engine) => ({ ...jobOf(inputs, options, content, engine), size }),
  };
}

const longest = ({ width, height }: Size): number => Math.max(width, height);

/** Another version may make another picture, and one that was stopped was not made to its end. */
function softwareNotes(recipe: unknown): readonly string[] {
  if (!(recipe instanceof Object)) return [];
  const software = "software" in recipe ? String(recipe.software) : "another program";
  const stopped = "stopped" in recipe && recipe.stopped === true;
  return [
    ...(software === readSoftware()
      ? []
      : [`The picture was made by ${software}, and ${readSoftware()} may make it a little different.`]),
    ...(stopped ? ["The picture was stopped before its end, and is made to its end now."] : []),
  ];
}
