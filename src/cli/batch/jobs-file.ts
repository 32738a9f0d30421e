/**
 * A file of jobs, in YAML or JSON: a list, or an object whose `jobs` are the list and whose other words hold for all of
 * them. Each has its content, its style or a blend of styles, its regions, and options of its own. Paths begin at the
 * file's folder.
 * @module
 */

import { dirname } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { ImpastoError, MisuseError } from "../../errors.ts";
import { readBytes } from "../../image/file.node.ts";
import { startsFromFile } from "../../transfer/options.ts";
import { isNetworkFile } from "../find-network.ts";
import { optionsFromWords } from "../flags.ts";
import { fromFolder } from "./patterns.ts";
import { type Regions, regionsOver } from "./regions.ts";

/** One text, or several. @param expected for the message. */
const texts = (expected: string) =>
  z
    .union([z.string(), z.array(z.string()).min(1, expected)], expected)
    .transform((given) => (typeof given === "string" ? [given] : given));

const patterns = texts("expected a file or a pattern, or a list of them");
const masks = texts("expected a mask, or a list with one for each style").optional();
const parts = texts(
  'expected a part of the painting in percent, as "10,5,80,90", or a list of parts',
).optional();
const output = z.string('expected the name of a file, such as "out/{content}-{style}.png"').optional();

/** Masks have their flag's name, or that which they have in a recipe. */
const regions = z.object({
  keep: z.string("expected a file").optional(),
  mask: masks,
  masks,
  "style-crop": parts,
  styleCrop: parts,
});

const NO_JOBS = "expected a list of jobs, each with a content, and a style or a blend";

const job = z
  .object(
    {
      ...regions.shape,
      content: patterns,
      /** Patterns: each file or folder that they match is the style of a picture. */
      style: patterns.optional(),
      /** Files and folders with weights, which are one style together. */
      blend: patterns.optional(),
      output,
    },
    "expected a content, and a style or a blend",
  )
  .catchall(z.unknown());

const notForAll = z.never("expected in each of the jobs, not beside them").optional();

const file = z
  .object(
    {
      ...regions.shape,
      content: notForAll,
      style: notForAll,
      blend: notForAll,
      jobs: z.array(job, NO_JOBS).min(1, NO_JOBS),
      output,
    },
    NO_JOBS,
  )
  .catchall(z.unknown());

/** What an entry says beside its pictures and its output, or the file for all of them. */
type Words = z.output<typeof regions> & Readonly<Record<string, unknown>>;

/** One entry of the list. */
export interface JobEntry {
  /** What to call it in messages. */
  readonly name: string;
  readonly content: readonly string[];
  readonly style: readonly string[] | undefined;
  readonly blend: readonly string[] | undefined;
  readonly output: string | undefined;
  /** Regions that were given, for all or for it alone. */
  readonly regions: Regions;
  /** Options that were given, for all or for it alone. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A file of jobs. */
export interface JobsFile {
  readonly entries: readonly JobEntry[];
  /** Options that hold for all of them. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** The folder that paths begin at. */
  readonly folder: string;
}

/** An engine is opened once, for all jobs. */
const ENGINE = ["network", "convention", "device", "threads", "memory"];

/**
 * Reads a file of jobs.
 * @throws MisuseError for one that is not there, or says what no job does; ImpastoError for one that is no YAML.
 */
export async function readJobsFile(path: string): Promise<JobsFile> {
  const read = parseText(new TextDecoder().decode(await readBytes(path)), path);
  const parsed = file.safeParse(Array.isArray(read) ? { jobs: read } : read);
  if (!parsed.success) throw refusal(path, parsed.error);
  const { jobs, output, ...shared } = parsed.data;
  const folder = dirname(path);
  const beside = (one: string): string => fromFolder(folder, one);
  const forAll = readWords(shared, beside);
  const entries = jobs.map(({ content, style, blend, output: own = output, ...words }, index): JobEntry => {
    const name = nameOf(index, path);
    const { regions: said, options } = readWords(words, beside);
    const engine = ENGINE.find((one) => one in options);
    if (engine !== undefined) {
      throw new MisuseError(
        `${name}: ${engine} is the same for all jobs: write it beside jobs, or as a flag.`,
      );
    }
    if ((style === undefined) === (blend === undefined)) {
      throw new MisuseError(
        `${name}: expected a style, or a blend of several, but received ${style ? "both" : "neither"}.`,
      );
    }
    return {
      name,
      content,
      style,
      blend: blend?.map(beside),
      output: own === undefined ? undefined : beside(own),
      regions: regionsOver(said, forAll.regions),
      options,
    };
  });
  return { entries, shared: forAll.options, folder };
}

/** What a job is called in messages: people count from 1. */
const nameOf = (index: number, path: string): string => `Job ${index + 1} in "${path}"`;

/** What is wrong with a file, and where in it. */
function refusal(path: string, { issues: [issue] }: z.ZodError): MisuseError {
  const { path: at, message } = issue ?? { path: [], message: NO_JOBS };
  const [, index, ...inJob] = at;
  const [where, words] =
    typeof index === "number" ? [nameOf(index, path), inJob] : [`"${path}" is no file of jobs`, at];
  return new MisuseError(`${[where, words.join("."), message].filter(Boolean).join(": ")}.`);
}

/** Takes regions and options out of what was said. @param beside makes paths begin at the file's folder. */
function readWords(words: Words, beside: (path: string) => string): Pick<JobEntry, "regions" | "options"> {
  const { keep, mask, masks = mask, "style-crop": crop, styleCrop: crops = crop, ...rest } = words;
  const { init, network, ...options } = optionsFromWords(rest);
  return {
    regions: {
      keep: keep === undefined ? undefined : beside(keep),
      masks: masks?.map(beside),
      crops,
    },
    options: {
      ...options,
      ...(init === undefined
        ? {}
        : { init: typeof init === "string" && startsFromFile(init) ? beside(init) : init }),
      ...(network === undefined
        ? {}
        : { network: typeof network === "string" && isNetworkFile(network) ? beside(network) : network }),
    },
  };
}

function parseText(text: string, path: string): unknown {
  try {
    return parse(text, { logLevel: "error" });
  } catch (cause) {
    const [reason = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new ImpastoError(
      `"${path}" is neither YAML nor JSON (${reason.replace(/:$/, "")}): correct it there.`,
      { cause },
    );
  }
}
