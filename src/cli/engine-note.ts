/**
 * What a command says of its network before it works.
 * @module
 */
import { HOW_TO_GET_WEIGHTS } from "../network/open.node.ts";
import type { OpenedEngine } from "../transfer/engine.node.ts";

/** Which network is used and, where nobody chose it, how to get the other. */
export function writeNetwork({ network, note }: OpenedEngine, choice: string): string {
  if (choice !== "auto") return note;
  return network.standsIn
    ? `${note}; for VGG-19, ${HOW_TO_GET_WEIGHTS}`
    : `${note}; --network built-in is faster`;
}
