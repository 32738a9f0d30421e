/**
 * Finds the network that a job was made with. A recipe names it by name and checksum: the built-in one, VGG-19 as it is
 * found on this machine, or a file of weights.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MisuseError } from "../errors.ts";
import type { Job } from "../job/recipe.ts";
import type { EngineDescription } from "../job/runner.ts";
import { locateWeights } from "../network/locate.node.ts";

/** Words of the option `network` that mean VGG-19 wherever it is found. */
const FOUND_ANYWHERE = ["auto", "vgg19"];

/** Whether the option `network` names a file. */
export const isNetworkFile = (network: string): boolean =>
  network !== "built-in" && !FOUND_ANYWHERE.includes(network);

/**
 * The option `network` that most likely opens the network of a job.
 * @param path where its file was, if that is known.
 * @param folders where a file may be.
 * @throws MisuseError where the file is nowhere.
 */
export function networkChoice(
  { network, options }: Pick<Job, "network" | "options">,
  path: string | undefined,
  folders: readonly string[],
): string {
  if (network.name === "built-in") return network.name;
  if (!isNetworkFile(options.network)) {
    if (locateWeights(process.env) !== undefined) return "vgg19";
    throw new MisuseError(
      `Not found: the weights of VGG-19 that the picture was made with (SHA-256 ${network.checksum}); name their file with --network or IMPASTO_WEIGHTS`,
      { lacks: "weights" },
    );
  }
  const places = [
    ...(path === undefined ? [] : [path]),
    ...folders.map((folder) => join(folder, options.network)),
  ];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  // The same weights, perhaps: the checksum will say.
  if (locateWeights(process.env) !== undefined) return "vgg19";
  throw new MisuseError(
    `Not found: the weights "${options.network}" (SHA-256 ${network.checksum}): name their file with --network.`,
  );
}

/**
 * Makes sure that an engine has the network of a job.
 * @throws MisuseError where it has another.
 */
export function checkNetwork({ network }: Pick<Job, "network">, engine: EngineDescription): void {
  if (engine.network.checksum === network.checksum) return;
  const what =
    network.name === "built-in"
      ? "use the version of impasto that has it"
      : "name the same weights with --network or IMPASTO_WEIGHTS";
  throw new MisuseError(
    `The picture was made with the network ${network.name} (SHA-256 ${network.checksum}), and here is ${engine.network.name} (SHA-256 ${engine.network.checksum}): ${what}.`,
  );
}
