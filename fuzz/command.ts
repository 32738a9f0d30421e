/**
 * The built command, run in this process on an input, and what holds whatever the input is: it exits with 0, 1 or 2; where
 * it fails it says so in one sentence, and what lay in the output's place before lies there still; nothing else is left.
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as Command from "../src/cli/run.ts";
import { Find, type Verdict } from "./kind.ts";

/** Sources are not run in threads, and the command paints in one. */
const BUILT = new URL("../dist/cli/run.js", import.meta.url).href;

/** A file that is there before, and must be there after whatever fails. */
const OUTPUT = "out.png";

/** The exit codes that there are. */
const CODES: readonly number[] = [0, 1, 2];

/** More than a person reads in one sentence; names of files take some of it. */
const LONGEST_SENTENCE = 2000;

/** What a run of the command left and said. */
interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the command and checks what holds in any case.
 * @param words in which `out.png` may be the output.
 * @throws Find where it does not hold.
 */
export async function throughCommand(words: readonly string[], folder: string): Promise<Verdict> {
  const before = "an earlier picture";
  writeFileSync(join(folder, OUTPUT), before);
  const names = readdirSync(folder);
  const { code, stderr } = await run(words, folder);
  const line = `impasto ${words.join(" ")}`;
  if (!CODES.includes(code)) throw new Find(`${line} exits with ${code}`);
  const left = readdirSync(folder).filter((name) => !names.includes(name));
  if (left.length > 0) throw new Find(`${line} left files behind: ${left.join(", ")}`);
  if (code === 0) return "taken";
  if (readFileSync(join(folder, OUTPUT), "latin1") !== before) {
    throw new Find(`${line} fails and touches its output`);
  }
  const sentence = stderr.trimEnd().split("\n").at(-1) ?? "";
  if (!sentence.startsWith("impasto: ") || sentence.length > LONGEST_SENTENCE) {
    throw new Find(`${line} fails without a sentence: ${JSON.stringify(stderr.slice(-300))}`);
  }
  if (sentence.startsWith("impasto: Unexpected failure")) throw new Find(`${line}: ${sentence}`);
  return "refused";
}

async function run(words: readonly string[], cwd: string): Promise<Said> {
  const { runWords }: typeof Command = await import(BUILT);
  const before = process.cwd();
  const [stdout, stderr] = [hear(process.stdout), hear(process.stderr)];
  process.chdir(cwd);
  process.exitCode = 0;
  try {
    await runWords(words);
    return { code: Number(process.exitCode), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = 0;
    process.chdir(before);
    stdout.release();
    stderr.release();
  }
}

/** Keeps what is written to a stream. */
function hear(stream: NodeJS.WriteStream) {
  const write = stream.write;
  let text = "";
  stream.write = (part: string | Uint8Array): boolean => {
    text += String(part);
    return true;
  };
  return {
    text: () => text,
    release(): void {
      stream.write = write;
    },
  };
}
