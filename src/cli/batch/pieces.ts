/**
 * The pictures of a batch: each a photograph, its styles, its options and its output. Whatever can be told to be wrong
 * before any work is told here.
 * @module
 */
import { existsSync } from "node:fs";
import { MisuseError } from "../../errors.ts";
import { type Options, parseOptions, startsFromFile } from "../../transfer/options.ts";
import { flagOf, givenOptions, settingsFrom, textFrom } from "../flags.ts";
import { picturesIn } from "../folder.ts";
import type { InputFiles } from "../inputs.ts";
import { parseStyles, type StyleArgument, styleFiles } from "../style-arguments.ts";
import { type JobEntry, readJobsFile } from "./jobs-file.ts";
import { filesMatching } from "./patterns.ts";
import { type Regions, regionsOver } from "./regions.ts";
import { DEFAULT_TEMPLATE, fillTemplate } from "./template.ts";

/** A picture to be made. */
export interface Piece extends InputFiles {
  /** The styles as they were named: files, and folders of them. */
  readonly named: readonly string[];
  readonly options: Options;
  readonly output: string;
}

/** A batch as it was asked for. */
export interface Batch {
  readonly pieces: readonly Piece[];
  /** The options that hold for all. */
  readonly options: Options;
}

/**
 * Reads what the batch is to make from the flags, and from the file of jobs where they name one.
 * @throws MisuseError where it makes no sense.
 */
export async function readBatch(flags: Readonly<Record<string, unknown>>): Promise<Batch> {
  const given = givenOptions(flags);
  const output = textFrom(flags.output);
  const [content, style] = [textsFrom(flags.content), textsFrom(flags.style)];
  const regions = {
    keep: textFrom(flags.keep),
    masks: textsFrom(flags.mask),
    crops: textsFrom(flags.styleCrop),
  };
  const path = textFrom(flags.jobs);
  if (path === undefined) {
    if (content === undefined || style === undefined) {
      throw new MisuseError("impasto batch needs --content and --style, or a file of --jobs.");
    }
    const entry = { name: "", content, style, blend: undefined, output: undefined, regions, options: {} };
    const pieces = await piecesOf(entry, { given, output, regions, shared: {}, folder: "." });
    return { pieces, options: parseOptions(given, flagOf) };
  }
  if (content !== undefined || style !== undefined) {
    throw new MisuseError("--jobs has contents and styles of its own: leave out --content and --style.");
  }
  const { entries, shared, folder } = await readJobsFile(path);
  const pieces: Piece[] = [];
  for (const entry of entries) {
    pieces.push(
      ...(await piecesOf(entry, { given, output, regions, shared, folder }).catch((error: unknown) => {
        if (!(error instanceof MisuseError)) throw error;
        throw new MisuseError(`${entry.name}: ${error.message}`, { cause: error });
      })),
    );
  }
  return { pieces, options: parseOptions({ ...shared, ...given }, flagOf) };
}

/** What holds for all entries. */
interface Around {
  /** Options from the command line, which come before all others. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly output: string | undefined;
  readonly regions: Regions;
  readonly shared: Readonly<Record<string, unknown>>;
  readonly folder: string;
}

/** Every pair of an entry. */
async function piecesOf(
  entry: JobEntry,
  { given, output, regions, shared, folder }: Around,
): Promise<readonly Piece[]> {
  const options = parseOptions({ ...shared, ...entry.options, ...given }, flagOf);
  const { init } = settingsFrom(options);
  if (startsFromFile(init)) checkThere(init);
  const template = output ?? entry.output ?? DEFAULT_TEMPLATE;
  const { keep, masks = [], crops = [] } = regionsOver(regions, entry.regions);
  const contents = await filesMatching(entry.content, { flag: "--content", folder });
  const styles = await stylesOf(entry, folder);
  return contents.flatMap((content) =>
    styles.map((some): Piece => {
      const named = some.map(({ path }) => path);
      const fill = (text: string): string => fillTemplate(text, content, named);
      // Braces stand in names, too.
      const guide = (text: string): string => (existsSync(text) ? text : fill(text));
      return {
        content,
        named,
        styles: styleFiles(some, masks.map(guide), crops, picturesIn),
        keep: keep === undefined ? undefined : guide(keep),
        options,
        output: fill(template),
      };
    }),
  );
}

/** The styles of an entry, each of one painting or one folder, or all as one. */
async function stylesOf(
  { style, blend = [] }: JobEntry,
  folder: string,
): Promise<readonly (readonly StyleArgument[])[]> {
  if (style !== undefined) {
    const paths = await filesMatching(style, { flag: "--style", folder, takesFolders: true });
    return paths.map((path) => [{ path, weight: 1 }]);
  }
  const weighted = parseStyles(blend, existsSync);
  for (const { path } of weighted) checkThere(path);
  return [weighted];
}

function checkThere(path: string): void {
  if (!existsSync(path)) throw new MisuseError(`There is no file "${path}"; check the name and the folder.`);
}

const textsFrom = (given: unknown): readonly string[] | undefined =>
  Array.isArray(given) ? given.map(String) : undefined;
