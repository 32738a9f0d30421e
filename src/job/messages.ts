/**
 * What is said between the thread that asks for pictures and the one that makes them. Everything is plain data, which
 * threads can pass to each other; errors are taken apart, for threads would pass on nothing but their text.
 * @module
 */
import { ImpastoError, MisuseError } from "../errors.ts";
import type { Picture } from "../image/picture.ts";
import type { Iterate, Stylization } from "../transfer/iterate.ts";
import { MemoryError } from "../transfer/memory-error.ts";
import type { Steering } from "../transfer/options.ts";
import type { RunState } from "../transfer/run-state.ts";
import { DeviceError, DivergedError } from "../transfer/unfinished.ts";
import type { JobPictures } from "./job.ts";
import type { JobPlan, JobSizes, PlanControls } from "./job-plan.ts";
import type { Job } from "./recipe.ts";
import type { EngineDescription } from "./runner.ts";

/** What can be asked, and what is answered. One run at a time. */
export interface Answers {
  /** Opens the engine; everything else comes after. */
  open: EngineDescription;
  /** Plans a job, also while another runs: between two of its evaluations. */
  plan: JobPlan;
  /** Begins a run. */
  begin: undefined;
  /** Makes the next evaluation. */
  next: { readonly iterate: PlainIterate } | { readonly result: Stylization };
  /** The picture and the state of the last evaluation. */
  picture: Picture;
  state: RunState;
  /** Ends the run, wherever it is. */
  end: undefined;
}

/** The words that go with each question. */
export interface Questions<Options> {
  open: Options;
  plan: { readonly job: Job; readonly sizes: JobSizes; readonly controls: PlanControls };
  begin: {
    readonly job: Job;
    readonly pictures: JobPictures;
    readonly from?: RunState | undefined;
    readonly saved?: boolean | undefined;
    readonly steered: boolean;
    /** Bytes of pictures that are on both sides. */
    readonly copied: number;
  };
  next: { readonly steering?: Steering | undefined };
  picture: undefined;
  state: undefined;
  end: undefined;
}

/** An iterate without what has to be asked for. */
export type PlainIterate = Omit<Iterate, "picture" | "state">;

/** What can be asked. */
export type Kind = keyof Answers;

/** A question on its way. */
export interface Question<Options, Some extends Kind> {
  readonly kind: Some;
  readonly words: Questions<Options>[Some];
}

/** Stops the run that was begun. It is not answered. */
export const STOP = { kind: "stop" } as const;

/** An answer on its way back. Those of one kind come in the order of the questions. */
export interface Reply<Some extends Kind> {
  readonly kind: Some;
  readonly answer: Answer<Answers[Some]>;
}

/** What came of a question. */
export type Answer<Value> = { readonly value: Value } | { readonly error: PlainError };

/** An error as plain data. */
export interface PlainError {
  readonly kind: "misuse" | "impasto" | "memory" | "diverged" | "device" | "other";
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause?: PlainError | undefined;
  readonly lacks?: ImpastoError["lacks"];
  readonly memory?: Pick<MemoryError, "needed" | "longestSide">;
  readonly diverged?: Pick<DivergedError, "evaluation" | "best" | "safeguarded">;
  readonly lost?: Pick<DeviceError, "device" | "reason" | "best">;
}

/** Takes an error apart. */
export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { kind: "other", message: String(error), stack: undefined };
  const { message, stack, cause } = error;
  const told = {
    message,
    stack,
    ...(cause === undefined ? {} : { cause: plainError(cause) }),
    lacks: error instanceof ImpastoError ? error.lacks : undefined,
  };
  if (error instanceof DivergedError) {
    const { evaluation, best, safeguarded } = error;
    return { ...told, kind: "diverged", diverged: { evaluation, best, safeguarded } };
  }
  if (error instanceof DeviceError) {
    const { device, reason, best } = error;
    return { ...told, kind: "device", lost: { device, reason, best } };
  }
  if (error instanceof MemoryError) {
    const { needed, longestSide } = error;
    return { ...told, kind: "memory", memory: { needed, longestSide } };
  }
  if (error instanceof MisuseError) return { ...told, kind: "misuse" };
  return { ...told, kind: error instanceof ImpastoError ? "impasto" : "other" };
}

/** Puts an error together again, with the stack that it had where it came from. */
export function errorFrom({ kind, message, stack, cause, memory, diverged, lost, lacks }: PlainError): Error {
  const why = { lacks, ...(cause === undefined ? {} : { cause: errorFrom(cause) }) };
  const make = (): Error => {
    if (memory) return new MemoryError(message, memory.needed, memory.longestSide, why);
    if (diverged) return new DivergedError(diverged.evaluation, diverged.best, diverged.safeguarded);
    if (lost) return new DeviceError(lost.device, lost.reason, lost.best, why);
    if (kind === "misuse") return new MisuseError(message, why);
    return kind === "impasto" ? new ImpastoError(message, why) : new Error(message, why);
  };
  const error = make();
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** The memory of all arrays in plain data, to be handed over instead of copied, where nothing else looks into it. */
export function buffersIn(value: unknown, found = new Set<ArrayBuffer>()): readonly ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteLength } = value;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) found.add(buffer);
  } else if (value instanceof Object) {
    for (const one of Object.values(value)) buffersIn(one, found);
  }
  return [...found];
}
