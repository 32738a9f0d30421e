/**
 * What went wrong, as an error and as plain data.
 * @module
 */
import { ImpastoError } from "../../../errors.ts";
import type { Failure } from "../../engine.ts";

/** The studio refused, or could not; it has said what was lacking. */
export class StudioError extends ImpastoError {
  override readonly name = "StudioError";
  readonly failure: Failure;

  constructor(failure: Failure, options: ErrorOptions = {}) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** What an error says, whatever it is. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StudioError) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ImpastoError && error.lacks !== undefined
    ? { message, lacks: error.lacks }
    : { message };
}
