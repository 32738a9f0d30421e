/**
 * Mutated recipes: as JSON, through the schema and to the end of the job, and in a picture through `impasto recipe` and `impasto again`.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { settingsFrom } from "../../src/cli/flags.ts";
import { ImpastoError } from "../../src/errors.ts";
import { encodePicture } from "../../src/image/encode.node.ts";
import { optionsAgain } from "../../src/job/again.ts";
import { runJob } from "../../src/job/job.ts";
import { isSamePicture, type Job, jobFrom } from "../../src/job/recipe.ts";
import { parseOptions } from "../../src/transfer/options.ts";
import { throughCommand } from "../command.ts";
import { Find, type Kind, oneOf } from "../kind.ts";
import { mutate } from "../mutate.ts";
import { mutatedText } from "../mutate-json.ts";
import { isSmall, openPictures, paintAll, writePictures } from "./painted.ts";

/** One input of so many goes through commands; of those that are sound, one of fewer. */
const REFUSED_THROUGH_COMMAND = 60;
const SOUND_THROUGH_COMMAND = 40;

const GREY = { width: 8, height: 8, rgb: new Float32Array(192).fill(0.5) };

export const recipes: Kind = {
  name: "recipes",
  extension: ".json",
  share: 2,
  seeds: async () => (await paintAll()).map(({ recipe }) => Buffer.from(JSON.stringify(recipe))),
  input(seeds, random) {
    const seed = oneOf(seeds, random);
    if (random.below(4) === 0) return mutate(seed, random, seeds);
    const recipe: unknown = JSON.parse(Buffer.from(seed).toString());
    return Buffer.from(mutatedText(recipe, random));
  },
  async open(folder) {
    await writePictures(folder);
    const { engine, io } = await openPictures();
    const again = ["again", "input.png", "-o", "out.png", "--quiet"];
    return async (bytes) => {
      const text = new TextDecoder().decode(bytes);
      const job = soundJob(text);
      if (job !== undefined && isSmall(job)) await runJob(job, engine, io);
      const often = job === undefined ? REFUSED_THROUGH_COMMAND : SOUND_THROUGH_COMMAND;
      if (crc32(bytes) % often !== 0) return job === undefined ? "refused" : "taken";
      const picture = await encodePicture(GREY, "png", { recipe: text });
      writeFileSync(join(folder, "input.png"), picture);
      const shown = await throughCommand(["recipe", "input.png"], folder);
      return job === undefined || isSmall(job) ? throughCommand(again, folder) : shown;
    };
  },
};

/** The job of a recipe, and what is done with one before it is run; undefined where it is refused. */
function soundJob(text: string): Job | undefined {
  try {
    const job = jobFrom(parse(text));
    if (!isSamePicture(job, job)) throw new Find("A job is not the same as itself");
    settingsFrom(job.options);
    settingsFrom(parseOptions(optionsAgain(job, { size: 24, strength: 0.5 })));
    return job;
  } catch (error) {
    if (error instanceof ImpastoError) return undefined;
    throw error;
  }
}

/** What the command refuses before there is any recipe is none of these. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
