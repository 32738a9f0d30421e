/**
 * What is struck while it is done: one picture with a checkpoint, named and not, a run that goes on, and a batch. Each
 * knows how it begins, how it goes on wherever it was broken off, and what is to come of it.
 * @module
 */
import { smallPicture } from "../test/cli-folders.ts";
import { filesIn, makePlace } from "./place.ts";
import { runToEnd, stopOnceItWrites } from "./run-command.ts";

/** Work to be struck. */
export interface Work {
  readonly name: string;
  /** What is there before it begins. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The command that begins or goes on. @param names of the files that are there. */
  words(names: readonly string[]): readonly string[];
  /** Whether a file is one that comes of it. */
  isOutput(name: string): boolean;
  /** What comes of it where nothing happens, by name. */
  readonly results: ReadonlyMap<string, Buffer>;
  /** How long it took last where nothing happened: machines are busier at one time than at another. */
  readonly pace: { milliseconds: number };
}

const FLAGS = "--size 24 --network built-in --device cpu --threads 1 --quiet".split(" ");
const CHECKPOINT = "run.checkpoint";
const SAVED = ["--checkpoint", CHECKPOINT, "--checkpoint-every", "0"];
const PICTURE = ["photo.png", "painting.png", ...FLAGS, "--iterations", "24"];
const RESUME = ["resume", CHECKPOINT, "--quiet"];
const BATCH = [
  ...["batch", "--content", "photo.png", "other.png", "third.png", "--style", "painting.png"],
  ...["-o", "made-{content}.png", ...FLAGS],
];

const picture = async (name: string): Promise<[string, Uint8Array]> => [name, await smallPicture(name)];

/** Does the work where nothing happens. */
async function undisturbed(work: Omit<Work, "results" | "pace">): Promise<Work> {
  const place = makePlace(work.files);
  const began = performance.now();
  const { code, stderr } = await runToEnd(work.words([...work.files.keys()]), place);
  const milliseconds = performance.now() - began;
  if (code !== 0) throw new Error(`${work.name} fails where nothing happens: ${stderr}`);
  const results = new Map([...filesIn(place.folder)].filter(([name]) => work.isOutput(name)));
  place.remove();
  return { ...work, results, pace: { milliseconds } };
}

/** A checkpoint of a run that was told to stop. */
async function begunRun(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const place = makePlace(files);
  await stopOnceItWrites([...PICTURE, ...SAVED, "-o", "out.png"], place, CHECKPOINT);
  const checkpoint = filesIn(place.folder).get(CHECKPOINT);
  place.remove();
  if (checkpoint === undefined) throw new Error("A run that was stopped left no checkpoint.");
  return checkpoint;
}

/** Results of an earlier batch, with other options. */
async function earlierBatch(files: ReadonlyMap<string, Uint8Array>): Promise<ReadonlyMap<string, Buffer>> {
  const place = makePlace(files);
  await runToEnd([...BATCH, "--iterations", "2"], place);
  const made = [...filesIn(place.folder)].filter(([name]) => name === "made-photo.png");
  place.remove();
  return new Map(made);
}

/** Gets all of it ready. What a studio and a queue do is to stand here as well. */
export async function allWork(): Promise<readonly Work[]> {
  const pictures = new Map([await picture("photo.png"), await picture("painting.png")]);
  const earlier = Buffer.from("an earlier picture, of which not a byte may change");
  const goesOn = (begin: readonly string[]) => (names: readonly string[]) =>
    names.includes(CHECKPOINT) ? RESUME : begin;
  const many = new Map([...pictures, await picture("other.png"), await picture("third.png")]);
  return Promise.all(
    [
      {
        name: "a picture",
        files: new Map<string, Uint8Array>([...pictures, ["out.png", earlier]]),
        words: goesOn([...PICTURE, ...SAVED, "-o", "out.png"]),
        isOutput: (name: string) => name === "out.png",
      },
      {
        name: "a picture without a name",
        files: pictures,
        words: goesOn([...PICTURE, ...SAVED]),
        isOutput: (name: string) => name.startsWith("photo-painting"),
      },
      {
        name: "resume",
        files: new Map([...pictures, [CHECKPOINT, await begunRun(pictures)], ["out.png", earlier]]),
        words: (names: readonly string[]) =>
          names.includes(CHECKPOINT) ? [...RESUME, "-o", "out.png"] : [...PICTURE, "-o", "out.png"],
        isOutput: (name: string) => name === "out.png",
      },
      {
        name: "batch",
        files: new Map([...many, ...(await earlierBatch(many))]),
        words: () => [...BATCH, "--iterations", "8"],
        isOutput: (name: string) => name.startsWith("made-"),
      },
    ].map(undisturbed),
  );
}
