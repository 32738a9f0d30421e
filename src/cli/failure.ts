/**
 * From an error to what a person sees of it: one sentence and an exit code; the stack only where it was asked for.
 * @module
 */
import { CommanderError } from "commander";
import { ImpastoError, isOutOfMemory, MisuseError } from "../errors.ts";
import { printable, printableLines } from "./printable.ts";

/** How the command ends when it fails. */
export interface Failure {
  /** To be shown on standard error; empty when there is nothing left to say. */
  readonly message: string;
  readonly exitCode: number;
}

const MISUSE = 2;

/** The exit code of work that failed. */
export const FAILED = 1;

/** Describes an error: 2 for a request that was wrong, 1 for work that failed. */
export function describeFailure(error: unknown, debug: boolean): Failure {
  if (error instanceof CommanderError) return describeUsage(error);
  const exitCode = error instanceof MisuseError ? MISUSE : FAILED;
  const sentence = error instanceof ImpastoError ? withHelp(error) : unexpected(error, debug);
  const message = `impasto: ${oneLine(sentence)}`;
  return { exitCode, message: debug && error instanceof Error ? `${message}\n${traceOf(error)}` : message };
}

/** Help and version are no failures, though commander throws for them too. */
function describeUsage({ code, message, exitCode }: CommanderError): Failure {
  if (exitCode === 0) return { message: "", exitCode };
  // Then it has printed the help already.
  if (code === "commander.help") return { message: "", exitCode: MISUSE };
  const sentence = oneLine(message.replace(/^error: /, "")).replace(/\.$/, "");
  return { message: `impasto: ${sentence}; see impasto --help.`, exitCode: MISUSE };
}

/** What went wrong, and the command that helps, where one does. */
const withHelp = ({ message, lacks }: ImpastoError): string =>
  lacks === "weights"
    ? `${message.replace(/\.$/, "")}; \`impasto weights fetch\` gets VGG-19's weights.`
    : message;

function unexpected(error: unknown, debug: boolean): string {
  const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  if (isOutOfMemory(error)) return `There is too little memory (${reason}); allow this process more.`;
  return `Unexpected failure: ${reason || "no reason given"}${debug ? "" : " (--debug shows where)"}.`;
}

const oneLine = (text: string): string => {
  const line = printable(text.replaceAll(/\s*\n\s*/g, " ").trim());
  return /[.!?)]$/.test(line) || line === "" ? line : `${line}.`;
};

function traceOf(error: Error): string {
  const stack = printableLines(error.stack ?? String(error));
  return error.cause instanceof Error ? `${stack}\nCaused by ${traceOf(error.cause)}` : stack;
}
