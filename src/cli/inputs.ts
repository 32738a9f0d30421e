/**
 * The pictures that go in, read one after another, each no larger than the memory allows, and named for the recipe. All
 * are decoded before the work begins.
 * @module
 */

import { MisuseError } from "../errors.ts";
import type { Crop } from "../image/crop.ts";
import { readBytes, STANDARD_INPUT } from "../image/file.node.ts";
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import type { InputPicture } from "../job/input-picture.ts";
import { decodeInput, memoryToRead } from "../job/inputs.node.ts";
import { type JobIo, styleNeeded } from "../job/job.ts";
import type { JobInputs } from "../job/recipe.ts";
import { required } from "../required.ts";
import { startsFromFile } from "../transfer/options.ts";
import type { Settings } from "../transfer/settings.ts";
import type { StyleFile } from "./style-arguments.ts";

/** What a style is to do. */
interface StyleUse {
  readonly weight: number;
  readonly crop?: Crop | undefined;
  /** Its mask's place among the masks. */
  readonly mask?: number | undefined;
}

/** All that goes into a transfer, of each file what is known of it. */
interface InputsAs<Known> {
  readonly content: Known;
  readonly styles: readonly (Known & StyleUse)[];
  readonly initial?: Known;
  readonly masks: readonly Known[];
  readonly keep?: Known;
}

/** All that goes into a transfer, read. */
export type Inputs = InputsAs<InputPicture>;

/** The files that go into a transfer. */
export interface InputFiles {
  readonly content: string;
  readonly styles: readonly StyleFile[];
  readonly keep?: string | undefined;
}

/** The files that are masks, each once. */
export const maskFiles = ({ styles }: Pick<InputFiles, "styles">): readonly string[] => [
  ...new Set(styles.flatMap(({ mask }) => (mask === undefined ? [] : [mask]))),
];

/** The files that say where something counts, each mask once. */
export const guideFiles = (files: Pick<InputFiles, "styles" | "keep">): readonly string[] => [
  ...maskFiles(files),
  ...(files.keep === undefined ? [] : [files.keep]),
];

/** Told of each file that is read: where it is, its bytes, and the picture in it. */
export type SeeFile = (path: string, bytes: Uint8Array, input: InputPicture) => void;

/**
 * Reads the pictures.
 * @param memory bytes that the process may use.
 * @throws MisuseError for files that are not there; ImpastoError for those that are no pictures, or too large.
 */
export async function readInputs(
  files: InputFiles,
  settings: Settings,
  memory: number,
  see: SeeFile = () => {},
): Promise<Inputs> {
  const { init } = settings;
  const maskPaths = maskFiles(files);
  checkStandardInput([files.content, ...files.styles.map(({ path }) => path), ...guideFiles(files), init]);
  const read: Picture[] = [];
  const readNext = async (path: string, neededSize: (own: Size) => Size): Promise<InputPicture> => {
    const { profile } = settings;
    const left = memoryToRead(memory, read);
    const bytes = await readBytes(path, left);
    const input = await decodeInput(bytes, path, { neededSize, memory: left, profile });
    see(path, bytes, input);
    read.push(input.picture);
    return input;
  };
  const content = await readNext(files.content, (own) => settings.contentSize(own, settings.size));
  const result = settings.contentSize(content.picture, settings.size);
  const styles: Inputs["styles"][number][] = [];
  for (const { path, weight, crop, mask } of files.styles) {
    const needed = styleNeeded({ crop }, (own) => settings.styleSize(own, result));
    styles.push({ ...(await readNext(path, needed)), weight, crop, mask: placeOfMask(maskPaths, mask) });
  }
  const initial = startsFromFile(init) ? { initial: await readNext(init, () => result) } : {};
  const masks: InputPicture[] = [];
  for (const path of maskPaths) masks.push(await readNext(path, () => result));
  const keep = files.keep === undefined ? {} : { keep: await readNext(files.keep, () => result) };
  return { content, styles, ...initial, masks, ...keep };
}

/** A mask's place among the masks. */
export const placeOfMask = (masks: readonly string[], mask: string | undefined): number | undefined =>
  mask === undefined ? undefined : masks.indexOf(mask);

/**
 * Makes sure that standard input is read only once.
 * @throws MisuseError when it is named twice.
 */
export function checkStandardInput(paths: readonly string[]): void {
  if (paths.filter((path) => path === STANDARD_INPUT).length > 1) {
    throw new MisuseError(
      `"${STANDARD_INPUT}" is named twice, and standard input can be read only once: save one of the pictures to a file.`,
    );
  }
}

/** All pictures, in the order in which a job asks for them. */
const all = ({ content, styles, initial, masks, keep }: Inputs): readonly InputPicture[] => [
  content,
  ...styles,
  ...(initial === undefined ? [] : [initial]),
  ...masks,
  ...(keep === undefined ? [] : [keep]),
];

/** What there is to say of how the pictures were read. */
export const readingNotes = (inputs: Inputs): readonly string[] =>
  all(inputs).flatMap(({ picture }) => picture.notes ?? []);

/** The inputs as a job names them. */
export const jobInputsOf = ({
  content,
  styles,
  initial,
  masks,
  keep,
}: InputsAs<Pick<InputPicture, "facts">>): JobInputs => ({
  content: content.facts,
  styles: styles.map(({ facts, weight, mask, crop }) => ({
    ...facts,
    weight,
    ...(mask === undefined ? {} : { mask }),
    ...(crop === undefined ? {} : { crop }),
  })),
  ...(initial === undefined ? {} : { initial: initial.facts }),
  ...(masks.length === 0 ? {} : { masks: masks.map(({ facts }) => facts) }),
  ...(keep === undefined ? {} : { keep: keep.facts }),
});

/** Hands the pictures over to a job: they are not to be looked at afterwards. */
export function handOver(inputs: Inputs): JobIo {
  const pictures = [...all(inputs)];
  return {
    read: async ({ name }) => required(pictures.shift(), `picture of ${name}`).picture,
    handsOver: true,
  };
}
