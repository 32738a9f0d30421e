/**
 * Mutated checkpoints: through the reader of saved runs, to the end of those runs that are sound, and through `impasto
 * resume`.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { readSoftware } from "../../src/cli/version.ts";
import { ImpastoError } from "../../src/errors.ts";
import { loadRun, runJob, type SavedRun, saveRun } from "../../src/index.ts";
import { required } from "../../src/required.ts";
import { smallPicture } from "../../test/cli-folders.ts";
import { throughCommand } from "../command.ts";
import { type Kind, oneOf } from "../kind.ts";
import { mutate } from "../mutate.ts";
import { mutateSafetensors } from "../mutate-safetensors.ts";
import { isSmall, openPictures, type Painted, paintAll, writePictures } from "./painted.ts";

const REFUSED_THROUGH_COMMAND = 60;
const SOUND_THROUGH_COMMAND = 40;

/** As the command line writes it. */
const noteOf = ({ inputs }: Painted): string =>
  JSON.stringify({
    software: readSoftware(),
    output: "out.png",
    folder: ".",
    every: 1000,
    inputs: inputs.map(({ picture: { width, height }, facts: { name, checksum } }) => ({
      checksum,
      path: name,
      width,
      height,
    })),
  });

export const checkpoints: Kind = {
  name: "checkpoints",
  extension: ".checkpoint",
  share: 2,
  async seeds() {
    const painted = await paintAll();
    const files = painted.map((one) => saveRun({ job: one.job, state: one.state, note: noteOf(one) }));
    const one = required(painted[0], "run");
    const held = await smallPicture("photo.png");
    const withFiles = {
      job: one.job,
      state: one.state,
      files: { [one.job.content.checksum]: held },
      note: noteOf(one),
    };
    return [...files, saveRun(withFiles)];
  },
  input(seeds, random) {
    const seed = oneOf(seeds, random);
    return (random.below(3) > 0 ? mutateSafetensors(seed, random) : undefined) ?? mutate(seed, random, seeds);
  },
  async open(folder) {
    await writePictures(folder);
    const { engine, io } = await openPictures();
    const path = join(folder, "input.checkpoint");
    return async (bytes) => {
      const run = sound(bytes);
      const often = run === undefined ? REFUSED_THROUGH_COMMAND : SOUND_THROUGH_COMMAND;
      const isShort =
        run === undefined || (isSmall(run.job) && isSmall({ ...run.job, plan: [...run.state.plan] }));
      if (run !== undefined && isShort) await runJob(run.job, engine, io, { from: run.state });
      if (crc32(bytes) % often !== 0 || !isShort) return run === undefined ? "refused" : "taken";
      writeFileSync(path, bytes);
      return throughCommand(["resume", "input.checkpoint", "-o", "out.png", "--quiet"], folder);
    };
  },
};

function sound(bytes: Uint8Array): SavedRun | undefined {
  try {
    return loadRun(bytes, "input.checkpoint");
  } catch (error) {
    if (error instanceof ImpastoError) return undefined;
    throw error;
  }
}
