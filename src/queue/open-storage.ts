/**
 * From what a person types to a storage: a folder's path, or `s3://bucket/folder`.
 * @module
 */
import { resolve } from "node:path";
import { folderStorage } from "./folder-storage.ts";
import { type S3Environment, s3Storage } from "./s3-storage.ts";
import type { Storage } from "./storage.ts";

/** Whether it names a bucket. */
export const isBucket = (text: string): boolean => text.startsWith("s3:");

/** Opens it. @throws MisuseError where it names none. */
export const openStorage = (text: string, environment: S3Environment): Storage =>
  isBucket(text) ? s3Storage(text, environment) : folderStorage(resolve(text));
