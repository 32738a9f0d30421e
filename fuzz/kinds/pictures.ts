/**
 * Mutated pictures, through the decoder, the readers of sizes and recipes, and now and then through the whole command.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { ImpastoError } from "../../src/errors.ts";
import { decodePicture, sizeOfPicture } from "../../src/image/decode.node.ts";
import { pngChunks, writePng } from "../../src/image/png-chunks.ts";
import { readRecipe } from "../../src/image/recipe.node.ts";
import type { Size } from "../../src/image/size.ts";
import { statedSize } from "../../src/image/stated-size.ts";
import { smallPicture } from "../../test/cli-folders.ts";
import { throughCommand } from "../command.ts";
import { Find, type Kind, oneOf } from "../kind.ts";
import { mutate } from "../mutate.ts";
import { pictureSeeds } from "./picture-seeds.ts";

/** What the decoder may take of memory, far less than what the child may. */
const MEMORY = 200e6;

/** One input of so many goes through the whole command, which takes many times as long. */
const THROUGH_COMMAND = 100;

const COMMAND =
  "painting.png -o out.png --size 16 --iterations 2 --network built-in --device cpu --threads 1 --quiet";

const NEEDED = (own: Size): Size => ({ width: Math.min(own.width, 32), height: Math.min(own.height, 32) });

export const pictures: Kind = {
  name: "pictures",
  extension: ".picture",
  share: 6,
  seeds: pictureSeeds,
  input(seeds, random) {
    const bytes = mutate(oneOf(seeds, random), random, seeds);
    // What is behind the checksums of a PNG would hardly ever be reached.
    const chunks = random.below(4) > 0 ? [...pngChunks(bytes)] : [];
    return chunks.length > 0 ? writePng(chunks) : bytes;
  },
  async open(folder) {
    writeFileSync(join(folder, "painting.png"), await smallPicture("painting"));
    const path = join(folder, "input.picture");
    return async (bytes) => {
      writeFileSync(path, bytes);
      statedSize(bytes);
      await readRecipe(path).catch(refused);
      if (crc32(bytes) % THROUGH_COMMAND === 0) {
        return throughCommand(["input.picture", ...COMMAND.split(" ")], folder);
      }
      const small = { memory: MEMORY, neededSize: NEEDED };
      await decodePicture(bytes, "input.picture", { ...small, profile: "display-p3" }).catch(refused);
      const size = await sizeOfPicture(bytes, "input.picture", small);
      const { width, height, rgb, alpha } = await decodePicture(bytes, "input.picture", small);
      if (width !== size.width || height !== size.height) {
        throw new Find(`It was to be ${size.width}×${size.height} and is ${width}×${height}`);
      }
      for (const [values, count] of [
        [rgb, 3 * width * height],
        [alpha ?? new Float32Array(width * height), width * height],
      ] as const) {
        if (values.length !== count) throw new Find(`There are ${values.length} values, not ${count}`);
        const wrong = values.find((value) => !(value >= 0 && value <= 1));
        if (wrong !== undefined) throw new Find(`A value of it is ${wrong}`);
      }
      return "taken";
    };
  },
};

/** Lets a refusal pass where something else is still to be tried. */
function refused(error: unknown): void {
  if (!(error instanceof ImpastoError)) throw error;
}
