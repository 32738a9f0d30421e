/**
 * Why a picture was not made, and what that means: a job that can never be made is not tried again, a machine that has not
 * what it takes leaves it to others.
 * @module
 */
import { ImpastoError, isOutOfMemory } from "../errors.ts";
import { EngineEndedError } from "../job/remote-runner.ts";
import { DeviceError } from "../transfer/unfinished.ts";
import { NoEngineError } from "./slots.ts";
import { StorageError } from "./storage.ts";

/** What a failure means. */
export interface Verdict {
  readonly reason: string;
  /** Whether the job itself is at fault: a broken picture, too little memory for it. */
  readonly isJobs: boolean;
  /** Whether this machine should wait before it takes the next. */
  readonly isMachines: boolean;
  /** Whether the engine is as good as before. */
  readonly keepsEngine: boolean;
}

/** Judges an error. */
export function judge(error: unknown): Verdict {
  const isMachines = error instanceof StorageError || error instanceof NoEngineError;
  const lacksMemory = isOutOfMemory(error);
  const engineFailed = error instanceof EngineEndedError || error instanceof DeviceError;
  const known = error instanceof ImpastoError;
  return {
    reason: reasonOf(error, lacksMemory),
    isJobs: lacksMemory || (known && !isMachines && !engineFailed),
    isMachines,
    keepsEngine: known && !engineFailed && !lacksMemory,
  };
}

function reasonOf(error: unknown, lacksMemory: boolean): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  if (lacksMemory) return `There is too little memory for it (${line}).`;
  const sentence = error instanceof ImpastoError ? line : `Unexpected failure: ${line || "no reason given"}`;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
