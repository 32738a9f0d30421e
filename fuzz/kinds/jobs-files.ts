/**
 * Mutated files of jobs, in YAML and JSON: through what reads and checks them, and through `impasto batch`, with sizes of
 * its own so that what is sound is done in a moment.
 * @module
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { parse, stringify } from "yaml";
import { checkPieces } from "../../src/cli/batch/check.ts";
import { readBatch } from "../../src/cli/batch/pieces.ts";
import { ImpastoError } from "../../src/errors.ts";
import { throughCommand } from "../command.ts";
import { type Kind, oneOf } from "../kind.ts";
import { mutate } from "../mutate.ts";
import { mutatedText, mutateJson } from "../mutate-json.ts";
import { writePictures } from "./painted.ts";

const REFUSED_THROUGH_COMMAND = 60;
const SOUND_THROUGH_COMMAND = 15;

/** More pictures are sound, and take their time. */
const MOST_PIECES = 3;

const MADE = "made";
const COMMAND = `-o ${MADE}/{content}-{style}.png --size 16 --iterations 1 --scales 1 --network built-in --device cpu --threads 1 --quiet`;

const SEEDS: readonly string[] = [
  "- content: photo.png\n  style: painting.png\n  size: 16\n  iterations: 2\n",
  `size: 16
strength: 0.6
style-layers: conv1_1,conv2_1:0.5
keep: photo.png
output: ${MADE}/{content}-{style}.png
jobs:
  - content: [photo.png, "p*.png"]
    style: painting.png
    mask: "{style}.png"
    style-crop: 10,5,80,90
  - content: photo.png
    blend: [painting.png:2, photo.png:1]
    init: photo.png
    preset: gatys
    content-weight: 3.5
    seed: 7
`,
  `base: &base { preset: notebook, learning-rate: 0.01, depth: 16 }
jobs:
  - { content: photo.png, style: painting.png, <<: *base }
  - &two { content: photo.png, blend: "painting.png:0.5" }
  - *two
`,
  JSON.stringify({
    profile: "display-p3",
    jobs: [{ content: "photo.png", style: ["painting.png"], styleLayers: { conv1_1: 1 }, noiseRatio: 0.1 }],
  }),
];

export const jobsFiles: Kind = {
  name: "jobs-files",
  extension: ".yaml",
  share: 2,
  seeds: async () => SEEDS.map((text) => Buffer.from(text)),
  input(seeds, random) {
    const seed = oneOf(seeds, random);
    if (random.below(3) === 0) return mutate(seed, random, seeds);
    const jobs: unknown = parse(Buffer.from(seed).toString(), { merge: true });
    const isYaml = random.below(2) === 0;
    return Buffer.from(isYaml ? yamlOf(mutateJson(jobs, random)) : mutatedText(jobs, random));
  },
  async open(folder) {
    await writePictures(folder);
    mkdirSync(join(folder, MADE));
    const name = "input.yaml";
    return async (bytes) => {
      writeFileSync(join(folder, name), bytes);
      process.chdir(folder);
      const pieces = await piecesIn(name);
      const often = pieces === undefined ? REFUSED_THROUGH_COMMAND : SOUND_THROUGH_COMMAND;
      if (crc32(bytes) % often !== 0 || (pieces ?? 0) > MOST_PIECES) {
        return pieces === undefined ? "refused" : "taken";
      }
      const verdict = await throughCommand(["batch", "--jobs", name, ...COMMAND.split(" ")], folder);
      rmSync(join(folder, MADE), { recursive: true });
      mkdirSync(join(folder, MADE));
      return verdict;
    };
  },
};

/** How many pictures a file asks for; undefined where it is refused. */
async function piecesIn(jobs: string): Promise<number | undefined> {
  try {
    const { pieces, options } = await readBatch({ jobs });
    return (await checkPieces(pieces, options.network)).length;
  } catch (error) {
    if (error instanceof ImpastoError) return undefined;
    throw error;
  }
}

/** YAML has no way to write what is nested without end. */
function yamlOf(value: unknown): string {
  try {
    return stringify(value);
  } catch {
    return JSON.stringify(value) ?? "";
  }
}
