/**
 * What a command says of its network before it works.
 * @module
 */
import { HOW_TO_GET_WEIGHTS } from "../network/open.node.ts";
import type { OpenedEngine } from "../transfer/engine.node.ts";

/** Which network is used and, where another stands in for VGG-19, how to get that. */
export const writeNetwork = ({ network, note }: OpenedEngine, choice: string): string =>
  choice === "auto" && network.name !== "vgg19" ? `${note}; for VGG-19, ${HOW_TO_GET_WEIGHTS}` : note;
