/**
 * A process that gives inputs to the product, one after another as they are sent, and says what came of each. What kills it
 * is seen by whoever sent the input.
 * Arguments: the module whose `KINDS` there are, and a folder of its own.
 * @module
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { ImpastoError } from "../src/errors.ts";
import type { Give, Kind } from "./kind.ts";

const [module = "", folder = ""] = process.argv.slice(2);
const { KINDS }: { KINDS: readonly Kind[] } = await import(pathToFileURL(module).href);

const orderSchema = z.object({ kind: z.string(), bytes: z.instanceof(Uint8Array) });

const opened = new Map<string, Promise<Give>>();

/** Gets a kind ready, once. */
function open(name: string): Promise<Give> {
  const kind = KINDS.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`There is no kind "${name}".`);
  const before = opened.get(name);
  if (before !== undefined) return before;
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const give = kind.open(own);
  opened.set(name, give);
  return give;
}

async function answer(kind: string, bytes: Uint8Array) {
  try {
    const give = await open(kind);
    return { verdict: await give(bytes) };
  } catch (error) {
    if (error instanceof ImpastoError && error.message.length < LONGEST) return { verdict: "refused" };
    return { verdict: "find", what: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Whoever is refused is told why, and not by half the file. */
const LONGEST = 2000;

process.on("message", async (message) => {
  const { kind, bytes } = orderSchema.parse(message);
  const given = await answer(kind, bytes);
  process.send?.({ ...given, bytesOfMemory: process.memoryUsage.rss() });
});
process.send?.({ verdict: "ready", bytesOfMemory: process.memoryUsage.rss() });
