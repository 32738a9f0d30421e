/**
 * Says what a file of weights is: whether it loads, in which format and convention, and whether it is the public one.
 * @module
 */
import { stat } from "node:fs/promises";
import { PUBLIC_WEIGHTS } from "./fetch.node.ts";
import { digestFile } from "./file-source.node.ts";
import { readWeightsFile } from "./read-weights.node.ts";
import type { ReadWeightsOptions, WeightsFile } from "./read-weights.ts";

/** What a check found. */
interface WeightsReport extends Pick<WeightsFile, "format" | "convention" | "conventionFrom"> {
  readonly path: string;
  /** SHA-256 of the file, in hexadecimal. */
  readonly checksum: string;
  readonly md5: string;
  readonly isPublicFile: boolean;
  /** One or two sentences for a person. */
  readonly note: string;
}

const HOW: Readonly<Record<WeightsFile["conventionFrom"], string>> = {
  stated: "as stated",
  layout: "as always in Keras' layout",
  metadata: "as the file says",
  values: "recognised by Oxford's values",
  assumed: "assumed, since the values are not Oxford's",
};

/**
 * Loads a file of weights and reports on it.
 *
 * @throws {MisuseError} If there is no such file.
 * @throws {ImpastoError} If it does not load: it is damaged, or holds something else.
 */
export const checkWeights = async (
  path: string,
  options: ReadWeightsOptions = {},
): Promise<WeightsReport> => {
  const { weights, format, convention, conventionFrom } = await readWeightsFile(path, options);
  const md5 = await digestFile(path, "md5");
  const { size } = await stat(path);
  const isPublicFile = md5 === PUBLIC_WEIGHTS.md5 && size === PUBLIC_WEIGHTS.size;
  const note = isPublicFile
    ? "This is the public file of VGG-19's weights."
    : `This file loads as VGG-19 but is not the public one (MD5 ${md5}, the public file's ${PUBLIC_WEIGHTS.md5}). Its convention is ${convention}, ${HOW[conventionFrom]}.`;
  return { path, format, convention, conventionFrom, checksum: weights.checksum, md5, isPublicFile, note };
};
