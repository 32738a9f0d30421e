/**
 * The built-in network for the small sizes, which are to settle the composition, and VGG-19 for the last one.
 * @module
 */
import { openNetwork } from "../../../src/network/open.node.ts";
import { coarseToFine, type Way } from "./coarse-to-fine.ts";

/** Repaints with both networks; the engine's is that of the last size. */
export const mixedNetworks: Way = async function* (request, settings, engine) {
  const { network: coarseNetwork } = await openNetwork("built-in", process.env);
  return yield* coarseToFine(request, settings, engine, { coarseNetwork });
};
