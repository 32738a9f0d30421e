/**
 * A large file on its way to a disk: never in memory as a whole, and gone again once it was looked at or broke off.
 * @module
 */
import { createWriteStream, openAsBlob } from "node:fs";
import { rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { temporaryBeside } from "../../image/replace.node.ts";
import { partsOf } from "./bodies.ts";

/** Where a file may be for a while, and how long it may be. */
export interface ReceiveOptions {
  readonly folder: string;
  readonly most: number;
}

/**
 * Takes a body in, and lets it be used.
 * @throws TooLargeError when it is too long; what `use` throws.
 */
export async function receiveFile(
  incoming: IncomingMessage,
  { folder, most }: ReceiveOptions,
  use: (file: Blob) => Promise<void>,
): Promise<void> {
  // Cleared away with others of that kind, should the process be killed.
  const path = temporaryBeside(join(folder, "given"));
  try {
    await pipeline(partsOf(incoming, most), createWriteStream(path, { flags: "wx", mode: 0o600 }));
    await use(await openAsBlob(path));
  } finally {
    await rm(path, { force: true });
  }
}
