/**
 * From what went wrong to what a page is told: a sentence, what was lacking, and a status. No stack goes out.
 * @module
 */
import { MisuseError } from "../../errors.ts";
import type { Failure } from "../engine.ts";
import { failureOf } from "../failure.ts";
import { OtherPageError } from "../helm.ts";
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
  if (error instanceof OtherPageError) return 409;
  return error instanceof MisuseError ? 400 : 500;
}
