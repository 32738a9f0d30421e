/**
 * The pictures of a batch: each a photograph, its styles, its options and its output. Whatever can be told to be wrong
 * before any work is told here.
 * @module
 */
import { existsSync } from "node:fs";
import { MisuseError } from "../../errors.ts";
import { type Options, parseOptions, startsFromFile } from "../../transfer/options.ts";
import { flagOf, givenOptions, settingsFrom, textFrom } from "../flags.ts";
import { parseStyles, type StyleArgument } from "../style-arguments.ts";
import { type JobEntry, readJobsFile } from "./jobs-file.ts";
import { filesMatching } from "./patterns.ts";
import { DEFAULT_TEMPLATE, fillTemplate } from "./template.ts";

/** A picture to be made. */
export interface Piece {
  readonly content: string;
  readonly styles: readonly StyleArgument[];
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
  const [content, style] = [patternsFrom(flags.content), patternsFrom(flags.style)];
  const path = textFrom(flags.jobs);
  if (path === undefined) {
    if (content === undefined || style === undefined) {
      throw new MisuseError("impasto batch needs --content and --style, or a file of --jobs.");
    }
    const entry = { name: "", content, style, blend: undefined, output: undefined, options: {} };
    const pieces = await piecesOf(entry, { given, output, shared: {}, folder: "." });
    return { pieces, options: parseOptions(given, flagOf) };
  }
  if (content !== undefined || style !== undefined) {
    throw new MisuseError("--jobs has contents and styles of its own: leave out --content and --style.");
  }
  const { entries, shared, folder } = await readJobsFile(path);
  const pieces: Piece[] = [];
  for (const entry of entries) {
    pieces.push(
      ...(await piecesOf(entry, { given, output, shared, folder }).catch((error: unknown) => {
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
  readonly shared: Readonly<Record<string, unknown>>;
  readonly folder: string;
}

/** Every pair of an entry. */
async function piecesOf(
  entry: JobEntry,
  { given, output, shared, folder }: Around,
): Promise<readonly Piece[]> {
  const options = parseOptions({ ...shared, ...entry.options, ...given }, flagOf);
  const { init } = settingsFrom(options);
  if (startsFromFile(init)) checkThere(init);
  const template = output ?? entry.output ?? DEFAULT_TEMPLATE;
  const contents = await filesMatching(entry.content, "--content", folder);
  const styles = await stylesOf(entry, folder);
  return contents.flatMap((content) =>
    styles.map((some): Piece => {
      const paths = some.map(({ path }) => path);
      return { content, styles: some, options, output: fillTemplate(template, content, paths) };
    }),
  );
}

/** The styles of an entry, each of one painting, or all paintings as one. */
async function stylesOf(
  { style, blend = [] }: JobEntry,
  folder: string,
): Promise<readonly (readonly StyleArgument[])[]> {
  if (style !== undefined) {
    return (await filesMatching(style, "--style", folder)).map((path) => [{ path, weight: 1 }]);
  }
  const weighted = parseStyles(blend, existsSync);
  for (const { path } of weighted) checkThere(path);
  return [weighted];
}

function checkThere(path: string): void {
  if (!existsSync(path)) throw new MisuseError(`There is no file "${path}"; check the name and the folder.`);
}

const patternsFrom = (given: unknown): readonly string[] | undefined =>
  Array.isArray(given) ? given.map(String) : undefined;
