/**
 * `impasto doctor`: what impasto finds on this machine, in lines for a bug report and, with `--json`, for programs. It fails
 * where no picture can be made.
 * @module
 */
import { homedir } from "node:os";
import { codecVersions } from "../../image/sharp.node.ts";
import { cacheFolderOf } from "../../network/locate.node.ts";
import { examineRuntime } from "../../runtime/onnxruntime.node.ts";
import { optionsFrom } from "../flags.ts";
import {
  describeMachine,
  examineWeights,
  isProblem,
  orProblem,
  type Problem,
  tryEvaluation,
} from "../machine.ts";
import { HOW_TO_GET_WEIGHTS } from "../notes.ts";
import { printable, printableJson } from "../printable.ts";

/** Examines and prints each line as it is known: what is looked at next may end the process. */
export async function doctorCommand(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const options = optionsFrom(flags);
  const say = (name: string, text: string): void => {
    if (!flags.json) process.stdout.write(`${name.padEnd(14)}${printable(withoutHome(text))}\n`);
  };
  const machine = describeMachine(options.memory);
  for (const [name, text] of writeMachine(machine)) say(name, text);
  const codecs = await orProblem(codecVersions);
  say(
    "Pictures",
    either(codecs, ({ sharp, libvips }) => `sharp ${sharp}, libvips ${libvips}`),
  );
  const weights = await orProblem(() => examineWeights(process.env));
  say("Weights", either(weights, writeWeights));
  say("Cache", cacheFolderOf(process.env));
  const runtime = await orProblem(examineRuntime);
  say("ONNX Runtime", either(runtime, writeRuntime));
  const evaluation = await orProblem(() => tryEvaluation(options));
  say("Trial", either(evaluation, writeTrial));
  if (flags.json) {
    process.stdout.write(`${printableJson({ ...machine, codecs, weights, runtime, evaluation })}\n`);
  }
  if (isProblem(codecs) || isProblem(evaluation)) process.exitCode = 1;
}

const either = <Part extends object>(part: Part | Problem, write: (part: Part) => string): string =>
  isProblem(part) ? `does not work: ${part.problem}` : write(part);

const writeMachine = ({
  impasto,
  node,
  system,
  processor,
  memory,
}: ReturnType<typeof describeMachine>): readonly (readonly [name: string, text: string])[] => [
  ["impasto", impasto],
  ["Node", node],
  ["System", `${system.platform} ${system.release}, ${system.architecture}`],
  [
    "Processor",
    `${processor.model}; ${count(processor.cores, "core")}, ${count(processor.processors, "thread")} to use`,
  ],
  [
    "Memory",
    `${gigabytes(memory.total)}; ${gigabytes(memory.available)} available, of which ${gigabytes(memory.toUse)} would be used`,
  ],
];

function writeWeights({ found }: Awaited<ReturnType<typeof examineWeights>>): string {
  if (found === undefined) return `none; for VGG-19, ${HOW_TO_GET_WEIGHTS}`;
  return `${found.path}, found through ${found.from}. ${found.note}`;
}

const writeRuntime = ({ versions, missing, devices }: Awaited<ReturnType<typeof examineRuntime>>): string =>
  [
    versions.native === undefined ? versions.wasm : `${versions.native}, ${versions.wasm} for wasm`,
    ...(missing === undefined ? [] : [missing]),
    ...Object.entries(devices).map(([device, state]) => `${device}: ${state === true ? "works" : state}`),
  ].join("; ");

function writeTrial(made: Awaited<ReturnType<typeof tryEvaluation>>): string {
  const what = `${made.width}×${made.height} with ${made.network} on ${made.device}, ${count(made.threads, "thread")}`;
  return `works: ${what}; ${made.secondsToOpen.toFixed(2)} s to open, ${made.secondsPerEvaluation.toFixed(3)} s an evaluation${made.deviceNote === undefined ? "" : `. ${made.deviceNote}`}`;
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** The home folder's name is often a person's. */
const withoutHome = (text: string): string => (homedir().length > 1 ? text.replaceAll(homedir(), "~") : text);
