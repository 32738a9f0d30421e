/**
 * Scores of picture files, each computed once and kept: by the checksums of the picture and of what it is scored against.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPicture } from "../../src/image/decode.node.ts";
import { checksumOfFile } from "../../src/image/file.node.ts";
import { writeAtomically } from "../../src/image/write.node.ts";
import { type Judge, openJudge, type Score } from "./judge.ts";
import { type Scores, scoresSchema } from "./scores.ts";
import type { ScoreTargets } from "./targets.ts";

/** To be raised when scores are computed in another way. */
const VERSION = 1;

/** Scores a picture file. */
export type ScoreFile = (path: string) => Promise<Scores>;

/**
 * Makes the scoring of pairs. The network is opened when the first score is not known.
 * @param weights SHA-256 of the judge's weights.
 * @param folder where scores are kept.
 */
export function openScoring(weights: string, folder: string): (targets: ScoreTargets) => Promise<ScoreFile> {
  let judge: Promise<Judge> | undefined;
  return async ({ content, style }) => {
    let score: Promise<Score> | undefined;
    const pair = [VERSION, weights, await checksumOfFile(content.path), await checksumOfFile(style.path)];
    return async (path) => {
      const facts = JSON.stringify([...pair, await checksumOfFile(path)]);
      const kept = join(folder, `${createHash("sha256").update(facts).digest("hex").slice(0, 24)}.json`);
      if (existsSync(kept)) return scoresSchema.parse(JSON.parse(await readFile(kept, "utf8")));
      judge ??= openJudge();
      score ??= judge.then((opened) => opened.against(content.picture, style.picture));
      const scores = await (await score)(await readPicture(path));
      await writeAtomically(kept, Buffer.from(JSON.stringify(scores)));
      return scores;
    };
  };
}
