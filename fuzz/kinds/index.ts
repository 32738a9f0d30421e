/**
 * Every kind of input that is tried. What reaches impasto from a network, the bodies of the studio's requests and what is
 * put on a queue, is to stand here beside the files.
 * @module
 */
import type { Kind } from "../kind.ts";
import { checkpoints } from "./checkpoints.ts";
import { jobsFiles } from "./jobs-files.ts";
import { pictures } from "./pictures.ts";
import { recipes } from "./recipes.ts";
import { weights } from "./weights.ts";

export const KINDS: readonly Kind[] = [pictures, weights, recipes, checkpoints, jobsFiles];
