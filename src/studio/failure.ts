/**
 * From what was thrown to what a page says of it.
 * @module
 */
import { ImpastoError, isOutOfMemory, MisuseError } from "../errors.ts";
import { MemoryError } from "../transfer/memory-error.ts";
import { DeviceError, DivergedError } from "../transfer/unfinished.ts";
import type { Failure } from "./engine.ts";

/** One sentence for a person, and what would help. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof MemoryError) {
    const { longestSide } = error;
    return { message, lacks: "memory", ...(longestSide === undefined ? {} : { longestSide }) };
  }
  if (error instanceof DeviceError) return { message, lacks: "device" };
  if (isOutOfMemory(error)) {
    const sentence = `There is too little memory (${firstLine(message)}): take a smaller size.`;
    return { message: error instanceof ImpastoError ? message : sentence, lacks: "memory" };
  }
  if (!(error instanceof ImpastoError)) {
    return { message: `Unexpected failure: ${firstLine(message) || "no reason given"}.`, lacks: "other" };
  }
  return { message, ...(error.lacks === undefined ? {} : { lacks: error.lacks }) };
}

const firstLine = (text: string): string => text.split("\n")[0].trim().replace(/\.$/, "");

/** Whether a run that ended so would only end so again. */
export const isFinal = (error: unknown): boolean =>
  error instanceof MisuseError || error instanceof MemoryError || error instanceof DivergedError;
