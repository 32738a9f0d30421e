/**
 * What the tests of commands that do much work share: folders of small pictures, and the built-in network.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePicture } from "../src/image/encode.node.ts";
import { runHere } from "./cli-here.ts";
import { type Ended, type Running, run, start } from "./cli-process.ts";

/** A place for folders, and the command as it runs in them. */
export interface Folders {
  /** A folder of its own, with pictures of these names in it, each another. */
  folder(...names: readonly string[]): Promise<string>;
  /** Runs the command in this process. */
  run(args: readonly string[], cwd: string): Promise<Ended>;
  runAsProcess(args: readonly string[], cwd: string): Promise<Ended>;
  start(args: readonly string[], cwd: string): Running;
  /** Removes them all. */
  remove(): void;
}

/** Makes a place. */
export function makeFolders(): Folders {
  const root = mkdtempSync(join(tmpdir(), "impasto-folders-"));
  const env = { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: join(root, "cache"), TMPDIR: root };
  return {
    async folder(...names) {
      const cwd = mkdtempSync(join(root, "run-"));
      for (const name of names) writeFileSync(join(cwd, name), await smallPicture(name));
      return cwd;
    },
    run: (args, cwd) => runHere(args, { cwd, env }),
    runAsProcess: (args, cwd) => run(args, { cwd, env }),
    start: (args, cwd) => start(args, { cwd, env }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/**
 * Flags of a run that takes as little time as a run can: one thread, and few of the network's layers, as most of a small
 * run's time goes into compiling them.
 */
export const QUICK = [
  "--device",
  "cpu",
  "--threads",
  "1",
  "--content-layers",
  "conv2_1",
  "--style-layers",
  "conv1_1,conv2_1",
] as const;

/** Waves of colour, of another length for each name. */
export function smallPicture(name: string): Promise<Uint8Array> {
  const length = 2 + ([...name].reduce((sum, letter) => 31 * sum + letter.charCodeAt(0), 0) % 997) / 50;
  const rgb = new Float32Array(3 * 40 * 32).map((_, i) => 0.5 + 0.5 * Math.sin(i / length));
  return encodePicture({ width: 40, height: 32, rgb }, "png");
}

/** The bytes of a file in a folder. */
export const bytesIn = (cwd: string, name: string): Buffer => readFileSync(join(cwd, name));
