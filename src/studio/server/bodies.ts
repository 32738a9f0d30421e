/**
 * What comes with a request, no more of it than may come: short JSON, files held in memory, and large files on their way
 * to a disk. It is counted as it comes, for what a request says of its length need not be so.
 * @module
 */
import type { IncomingMessage } from "node:http";
import type * as z from "zod";
import { MisuseError } from "../../errors.ts";

/** More was sent than may be. */
export class TooLargeError extends MisuseError {}

/** What was sent is not said to be bytes, or is not JSON where it should. */
export class WrongKindError extends MisuseError {}

/** The most bytes of JSON. */
export const MOST_JSON = 64_000;

/** The parts of a body, one after another. @throws TooLargeError as soon as it is too long. */
export async function* partsOf(incoming: IncomingMessage, most: number): AsyncGenerator<Uint8Array> {
  const stated = Number(incoming.headers["content-length"] ?? 0);
  if (stated > most) throw tooLarge(most);
  let length = 0;
  // The connection has to outlast this, for the answer.
  for await (const part of incoming.iterator({ destroyOnReturn: false })) {
    if (!(part instanceof Uint8Array)) throw new WrongKindError("What was sent are not bytes.");
    length += part.length;
    if (length > most) throw tooLarge(most);
    yield part;
  }
}

/** A whole body. @throws TooLargeError when it is too long. */
export async function bytesOf(incoming: IncomingMessage, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of partsOf(incoming, most)) {
    parts.push(part);
    length += part.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * A body of JSON, as the schema has it; where there is none, nothing is asked for in particular.
 * @throws MisuseError where it is something else; TooLargeError when it is too long.
 */
export async function jsonOf<Output>(incoming: IncomingMessage, schema: z.ZodType<Output>): Promise<Output> {
  requireKind(incoming, "application/json");
  const text = Buffer.from(await bytesOf(incoming, MOST_JSON)).toString("utf8");
  const parsed = schema.safeParse(text === "" ? {} : parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? ` for ${issue.path.join(".")}` : "";
  throw new MisuseError(
    `What was asked for is not understood${where}: ${issue?.message ?? "not an object"}.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MisuseError("What was asked for is not understood: it is no JSON.", { cause });
  }
}

/** @throws WrongKindError for a body that is not said to be of this kind. */
export function requireKind(incoming: IncomingMessage, kind: string): void {
  const [given = ""] = (incoming.headers["content-type"] ?? "").split(";");
  if (given.trim().toLowerCase() === kind) return;
  throw new WrongKindError(`Expected ${kind} but received ${given === "" ? "something else" : given}.`);
}

const tooLarge = (most: number): TooLargeError =>
  new TooLargeError(
    `What was sent is larger than the ${Math.floor(most / 1e6) || most / 1e6} MB that may be.`,
  );

/** A file's name as it may be shown and stored: without folders, and without what a terminal or a page acts on. */
export function fileName(given: string | undefined): string {
  const [last = ""] = (given ?? "").split(/[/\\]/).slice(-1);
  const plain = last.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "").trim();
  return [...plain].slice(0, 120).join("") || "picture";
}
