/**
 * From what went wrong to what a page is told: a sentence, what was lacking, and a status. No stack goes out.
 * @module
 */
import { ImpastoError, isOutOfMemory, MisuseError } from "../../errors.ts";
import type { Failure } from "../engine.ts";
import { TooLargeError, WrongKindError } from "./bodies.ts";

/** What a page is told, and with which status. */
export interface Told {
  readonly status: 400 | 409 | 413 | 415 | 500;
  readonly failure: Failure;
}

/** Describes an error. */
export function told(error: unknown): Told {
  return { status: statusOf(error), failure: failureOf(error) };
}

function statusOf(error: unknown): Told["status"] {
  if (error instanceof TooLargeError) return 413;
  if (error instanceof WrongKindError) return 415;
  return error instanceof MisuseError ? 400 : 500;
}

function failureOf(error: unknown): Failure {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  const message =
    error instanceof ImpastoError ? error.message : `Unexpected failure: ${line || "no reason given"}.`;
  if (isOutOfMemory(error)) return { message, lacks: "memory" };
  return error instanceof ImpastoError && error.lacks !== undefined
    ? { message, lacks: error.lacks }
    : { message };
}
