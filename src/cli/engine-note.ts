/**
 * What a command says of its network and its device before it works.
 * @module
 */

import type { EngineDescription } from "../job/runner.ts";
import { HOW_TO_GET_WEIGHTS } from "../network/open.node.ts";
import type { Options } from "../transfer/options.ts";

/** All that is to be said of an engine opened with these options. */
export const writeEngine = (engine: EngineDescription, options: Options): readonly string[] => [
  writeNetwork(engine, options.network),
  ...writeDevice(engine, options.memory),
];

/** Which network is used and, where nobody chose it, how to get the other. */
function writeNetwork({ network, note = "" }: EngineDescription, choice: string): string {
  if (choice !== "auto") return note;
  return network.standsIn
    ? `${note}; for VGG-19, ${HOW_TO_GET_WEIGHTS}`
    : `${note}; --network built-in is faster`;
}

/** On a device with a memory of its own, what was planned with, since ONNX Runtime does not tell how much that is. */
function writeDevice(
  { runtime, memory = 0 }: EngineDescription,
  asked: number | undefined,
): readonly string[] {
  if (runtime.device === "cpu" || asked !== undefined) return [];
  return [
    `How much memory ${runtime.device} has is not known: the plan is for ${(memory / 1e9).toFixed(1)} GB, as the machine has; if the device has less, name it with --memory.`,
  ];
}
