/**
 * From a choice (`auto`, `vgg19`, `built-in`, a file) to a network ready to use, under Node.
 * @module
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { MisuseError } from "../errors.ts";
import { blobSource } from "./byte-source.ts";
import { type Environment, locateWeights } from "./locate.node.ts";
import { parseMeanActivations } from "./mean-activations.ts";
import type { Network } from "./network.ts";
import { builtInNetwork } from "./open.ts";
import { readWeightsFile } from "./read-weights.node.ts";
import type { ReadWeightsOptions } from "./read-weights.ts";
import { vgg19 } from "./vgg19.ts";

type StatedConvention = NonNullable<ReadWeightsOptions["convention"]>;

/** A network, and one line that says which it is and why. */
interface OpenedNetwork {
  readonly network: Network;
  readonly note: string;
}

const MODELS = new URL("../../models/", import.meta.url);

/** The network that comes with impasto. */
const BUILT_IN = new URL("impasto.safetensors", MODELS);
const MEANS = new URL("vgg19-mean-activations.json", MODELS);

/**
 * Opens the network that was chosen. `auto` is VGG-19 where its weights are found, else the built-in network.
 * @param choice `auto`, `vgg19`, `built-in` or the path of a file of VGG-19 weights.
 * @param convention the input that the file was made for, where it is not recognised.
 * @throws MisuseError when there are no weights where they are said to be.
 * @throws ImpastoError when a file of weights cannot be used.
 */
export async function openNetwork(
  choice: string,
  environment: Environment,
  convention: StatedConvention = "auto",
): Promise<OpenedNetwork> {
  if (choice === "built-in") return openBuiltIn();
  if (choice !== "auto" && choice !== "vgg19") return openVgg19(choice, `VGG-19 from ${choice}`, convention);
  const located = locateWeights(environment);
  if (located !== undefined) {
    const place = located.from === "cache" ? "the cache" : located.from;
    return openVgg19(located.path, `VGG-19, found through ${place} (${basename(located.path)})`, convention);
  }
  if (choice === "auto") return openBuiltIn();
  throw noWeights();
}

/** There are no weights of VGG-19. */
export const noWeights = (): MisuseError =>
  new MisuseError(
    "No VGG-19 weights were found; name a file of them, or set IMPASTO_WEIGHTS to one (Keras HDF5 or safetensors)",
    { lacks: "weights" },
  );

async function openBuiltIn(): Promise<OpenedNetwork> {
  const file = new Blob([await readFile(BUILT_IN)]);
  return {
    network: await builtInNetwork(blobSource(file, "The built-in network")),
    note: "the built-in network",
  };
}

async function openVgg19(path: string, note: string, stated: StatedConvention): Promise<OpenedNetwork> {
  const { weights, convention, conventionFrom } = await readWeightsFile(path, { convention: stated });
  const means: unknown = JSON.parse(await readFile(MEANS, "utf8"));
  const assumed =
    conventionFrom === "assumed" ? `; its values are not Oxford's, and it is taken for ${convention}'s` : "";
  return { network: vgg19("vgg19", weights, parseMeanActivations(means)), note: note + assumed };
}
