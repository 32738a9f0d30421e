/**
 * Names of files in a storage: relative, with `/` between folders, the same on every machine. Payloads come from a queue
 * that others may write to, so a name that would lead out of the storage is none.
 * @module
 */
import * as z from "zod";

/** What a storage keeps for impasto itself. */
const OWN_FOLDER = ".impasto";

/** As long as an S3 key may be. */
const LONGEST = 1024;

/** Whether a name stays inside its storage, on every system. */
const staysInside = (name: string): boolean =>
  !/[\\:\p{Cc}]/u.test(name) && name.split("/").every((part) => part !== "" && part !== "." && part !== "..");

/** The name of a file in a storage. */
export const storageName = z
  .string()
  .min(1)
  .max(LONGEST)
  .refine(staysInside, { message: "expected a name inside the storage" });

/** The name of a result, which is nowhere among what impasto keeps for itself. */
export const outputName = storageName.refine((name) => name.split("/")[0] !== OWN_FOLDER, {
  message: `expected a name outside ${OWN_FOLDER}`,
});

/** Says that jobs were made for this storage: where it is missing, so is the storage. */
export const MARK = `${OWN_FOLDER}/storage`;

/** Where the state of a job on its way is. */
export const checkpointName = (id: string): string => `${OWN_FOLDER}/${id}.run`;

/** Where an input that was brought is. @param extension with its dot, or nothing. */
export const broughtName = (checksum: string, extension: string): string =>
  `${OWN_FOLDER}/inputs/${checksum}${extension}`;
