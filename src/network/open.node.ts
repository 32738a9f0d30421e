/**
 * From a choice (`auto`, `vgg19`, `built-in`, a file) to a network ready to use, under Node.
 * @module
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { MisuseError } from "../errors.ts";
import { type Environment, locateWeights } from "./locate.node.ts";
import { type MeanActivations, parseMeanActivations } from "./mean-activations.ts";
import type { Network } from "./network.ts";
import { readWeights } from "./read-weights.node.ts";
import { vgg19 } from "./vgg19.ts";

/** A network, and one line that says which it is and why. */
export interface OpenedNetwork {
  readonly network: Network;
  readonly note: string;
}

const MODELS = new URL("../../models/", import.meta.url);

/** What to do about missing weights. */
export const HOW_TO_GET_WEIGHTS =
  "run `impasto weights fetch`, or set IMPASTO_WEIGHTS to a file of VGG-19 weights (Keras HDF5 or safetensors)";

/**
 * Opens the network that was chosen.
 * @param choice `auto`, `vgg19`, `built-in` or the path of a file of VGG-19 weights.
 * @throws MisuseError when there are no weights where they are said to be.
 * @throws ImpastoError when a file of weights cannot be used.
 */
export async function openNetwork(choice: string, environment: Environment): Promise<OpenedNetwork> {
  if (choice !== "auto" && choice !== "vgg19") return openFile(choice, "vgg19", `VGG-19 from ${choice}`);
  const located = locateWeights(environment);
  if (located === undefined) throw new MisuseError(`No VGG-19 weights were found: ${HOW_TO_GET_WEIGHTS}.`);
  const place = located.from === "cache" ? "the cache" : located.from;
  return openFile(located.path, "vgg19", `VGG-19, found through ${place} (${basename(located.path)})`);
}

async function openFile(path: string, name: string, note: string): Promise<OpenedNetwork> {
  const [weights, means] = [await readWeights(path), await readMeanActivations()];
  return { network: vgg19(name, weights, means), note };
}

/** The table that comes with impasto. */
async function readMeanActivations(): Promise<MeanActivations> {
  const json: unknown = JSON.parse(await readFile(new URL("vgg19-mean-activations.json", MODELS), "utf8"));
  return parseMeanActivations(json);
}
