/**
 * `impasto studio`: serves the page on which pictures are painted and steered, until Ctrl-C.
 * @module
 */
import { MisuseError } from "../../errors.ts";
import { isLoopback } from "../../studio/server/door.ts";
import { openStudio } from "../../studio/server/open.ts";
import { numberFrom, optionsFrom, textFrom } from "../flags.ts";
import { EXIT_CODES, watchForInterrupt } from "../interrupt.ts";
import { printable } from "../printable.ts";
import { STUDIO_FOLDER, STUDIO_HOST } from "../studio-defaults.ts";
import { readSoftware } from "../version.ts";

/** Opens the studio, says where it is, and closes it when it is asked to end. */
export async function studioCommand(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { network, device, threads, memory } = optionsFrom(flags);
  const host = textFrom(flags.host) ?? STUDIO_HOST;
  const port = portFrom(flags.port);
  const note = (sentence: string): void => {
    if (!flags.quiet) process.stderr.write(`${printable(sentence)}\n`);
  };
  const interrupt = watchForInterrupt(() => note("Closing the studio; press Ctrl-C again to end at once."));
  const asked = new Promise<void>((resolve) => interrupt.signal.addEventListener("abort", () => resolve()));
  try {
    const folder = textFrom(flags.folder) || STUDIO_FOLDER;
    const software = readSoftware();
    const studio = await openStudio({ folder, software, host, port, network, device, threads, memory });
    process.stdout.write(`${studio.address}\n`);
    note(`Open this address in a browser. Pictures go to ${studio.folder}; Ctrl-C ends the studio.`);
    if (!isLoopback(host)) {
      // Not to be silenced.
      process.stderr.write(
        `Warning: with --host ${printable(host)}, whoever can reach this machine and has the address can use the studio, and what is sent is not encrypted.\n`,
      );
    }
    await asked;
    await studio.close();
    // It did what it was asked to. Where a terminal was closed, the process has still to say so.
    if (interrupt.exitCode() === EXIT_CODES.SIGHUP) process.exitCode = EXIT_CODES.SIGHUP;
  } finally {
    interrupt.release();
  }
}

const MOST_PORTS = 65_535;

function portFrom(given: unknown): number | undefined {
  const text = textFrom(given);
  if (text === undefined) return undefined;
  const port = numberFrom(text);
  if (port !== undefined && Number.isInteger(port) && port >= 0 && port <= MOST_PORTS) return port;
  throw new MisuseError(
    `Expected a whole number from 0 to ${MOST_PORTS} for --port but received ${JSON.stringify(text)}.`,
  );
}
