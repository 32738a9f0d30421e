/**
 * `impasto weights where|fetch|check`: where VGG-19's weights are, how to get them, what a file of them is.
 * @module
 */
import { MisuseError } from "../../errors.ts";
import { checkWeights } from "../../network/check.node.ts";
import { CONVENTIONS } from "../../network/convention.ts";
import type { DownloadProgress } from "../../network/download.node.ts";
import { ATTRIBUTION, fetchWeights } from "../../network/fetch.node.ts";
import { cacheFolderOf, locateWeights, whereWeights } from "../../network/locate.node.ts";
import { noWeights } from "../../network/open.node.ts";
import { watchForInterrupt } from "../interrupt.ts";
import { HOW_TO_GET_WEIGHTS } from "../notes.ts";
import { printableLines } from "../printable.ts";
import { openProgress } from "../progress.ts";

/**
 * Says where weights are looked for; finding none is an answer, not a failure.
 * @param excess what was written behind `impasto weights` and is no command.
 * @throws MisuseError when there is any.
 */
export function whereCommand(excess: readonly string[]): void {
  const [unknown] = excess;
  if (unknown !== undefined) {
    throw new MisuseError(`Expected one of where, fetch, check for weights but received "${unknown}".`);
  }
  const { places, located } = whereWeights(process.env);
  const lines = places.map(({ from, path, found }) => {
    const state = path === undefined ? "not set" : `${path} (${found ? "found" : "no such file"})`;
    return `${from === "cache" ? "Cache" : from}: ${state}`;
  });
  const verdict =
    located === undefined ? `No weights to use: ${HOW_TO_GET_WEIGHTS}.` : `To be used: ${located.path}`;
  print(...lines, verdict);
}

/** Downloads the public file; stopped by Ctrl-C, it keeps what has arrived. */
export async function fetchCommand({ mirror, quiet }: Readonly<Record<string, unknown>>): Promise<void> {
  const progress = await openProgress({ quiet: quiet === true });
  const interrupt = watchForInterrupt(() => {});
  try {
    const { path, downloaded } = await fetchWeights({
      cacheFolder: cacheFolderOf(process.env),
      ...(typeof mirror === "string" ? { mirrors: [mirror] } : {}),
      signal: interrupt.signal,
      onProgress: (state) => progress.update(() => writeProgress(state)),
      onNote: (sentence) => progress.note(sentence),
    });
    progress.end();
    print(`${downloaded ? "Fetched" : "Already there:"} ${path}`, ATTRIBUTION);
  } catch (error) {
    progress.end();
    if (!interrupt.signal.aborted) throw error;
    progress.note(
      "Stopped; what has arrived is kept, and the next `impasto weights fetch` goes on from there.",
    );
    process.exitCode = interrupt.exitCode();
  } finally {
    interrupt.release();
  }
}

/** Loads a file of weights and says what it is. */
export async function checkCommand(
  file: string | undefined,
  { convention: given = "auto" }: Readonly<Record<string, unknown>>,
): Promise<void> {
  const conventions = ["auto", ...CONVENTIONS] as const;
  const convention = conventions.find((name) => name === given);
  if (convention === undefined) {
    throw new MisuseError(
      `Expected one of ${conventions.join(", ")} for --convention but received "${given}".`,
    );
  }
  const path = file ?? locateWeights(process.env)?.path;
  if (path === undefined) throw noWeights();
  const { format, checksum, note } = await checkWeights(path, { convention });
  print(path, note, `Format: ${format}`, `SHA-256: ${checksum}`);
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${printableLines(lines.join("\n"))}\n`);
}

const writeProgress = ({ received, total }: DownloadProgress): string =>
  `${(received / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB (${Math.floor((100 * received) / total)} %)`;
