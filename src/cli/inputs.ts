/**
 * The pictures that go in, read one after another, each no larger than the memory allows, and named for the recipe. All
 * are decoded before the work begins.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { readBytes, STANDARD_INPUT } from "../image/file.node.ts";
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import { decodeInput, type InputPicture } from "../job/inputs.node.ts";
import type { JobIo } from "../job/job.ts";
import type { JobInputs } from "../job/recipe.ts";
import { required } from "../required.ts";
import { heldBytes, PROCESS_BYTES } from "../transfer/plan.ts";
import type { Settings } from "../transfer/settings.ts";
import type { StyleArgument } from "./style-arguments.ts";

/** All that goes into a transfer. */
export interface Inputs {
  readonly content: InputPicture;
  readonly styles: readonly (InputPicture & { readonly weight: number })[];
  readonly initial?: InputPicture;
}

/** Told of each file that is read: where it is, its bytes, and the picture in it. */
export type SeeFile = (path: string, bytes: Uint8Array, input: InputPicture) => void;

/**
 * Reads the pictures.
 * @param memory bytes that the process may use.
 * @throws MisuseError for files that are not there; ImpastoError for those that are no pictures, or too large.
 */
export async function readInputs(
  contentPath: string,
  styles: readonly StyleArgument[],
  settings: Settings,
  memory: number,
  see: SeeFile = () => {},
): Promise<Inputs> {
  const { init } = settings;
  checkStandardInput([contentPath, ...styles.map(({ path }) => path), init]);
  const read: Picture[] = [];
  const readNext = async (path: string, neededSize: (own: Size) => Size): Promise<InputPicture> => {
    const left = memoryToRead(memory, read);
    const bytes = await readBytes(path, left);
    const input = await decodeInput(bytes, path, { neededSize, memory: left });
    see(path, bytes, input);
    read.push(input.picture);
    return input;
  };
  const content = await readNext(contentPath, (own) => settings.contentSize(own, settings.size));
  const result = settings.contentSize(content.picture, settings.size);
  const weighted: Inputs["styles"][number][] = [];
  for (const { path, weight } of styles) {
    weighted.push({ ...(await readNext(path, (own) => settings.styleSize(own, result))), weight });
  }
  const inputs = { content, styles: weighted };
  return isFile(init) ? { ...inputs, initial: await readNext(init, () => result) } : inputs;
}

/** Pictures that take no more than this are read in any case. */
const SMALL = 32e6;

/**
 * Bytes to read a picture with.
 * @param memory bytes that the process may use.
 * @param held the pictures that are there already.
 */
export const memoryToRead = (memory: number, held: readonly Picture[]): number =>
  Math.max(SMALL, memory - PROCESS_BYTES - heldBytes(held));

/** Whether the option `init` names a file. */
export const isFile = (init: string): boolean => init !== "content" && init !== "noise";

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

/** What there is to say of how the pictures were read. */
export const readingNotes = ({ content, styles, initial }: Inputs): readonly string[] =>
  [content, ...styles, ...(initial === undefined ? [] : [initial])].flatMap(
    ({ picture }) => picture.notes ?? [],
  );

/** The inputs as a job names them. */
export const jobInputsOf = ({ content, styles, initial }: Inputs): JobInputs => ({
  content: content.facts,
  styles: styles.map(({ facts, weight }) => ({ ...facts, weight })),
  ...(initial === undefined ? {} : { initial: initial.facts }),
});

/** Hands the pictures over to a job: they are not to be looked at afterwards. */
export function handOver({ content, styles, initial }: Inputs): JobIo {
  const pictures = [content, ...styles, ...(initial === undefined ? [] : [initial])];
  return { read: async ({ name }) => required(pictures.shift(), `picture of ${name}`).picture };
}
