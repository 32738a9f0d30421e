/**
 * Progress on standard error: one line that is redrawn where there is a terminal that can, a plain line every few seconds
 * where there is none, nothing where quiet was asked for. It knows lines of text, not what they tell of, and uses no
 * colour.
 * @module
 */
import { printable } from "./printable.ts";

/** Where progress and notes go. */
export interface Progress {
  /** Shows how far the work is; most calls cost nothing. */
  update(line: () => string): void;
  /** Says something that stays. */
  note(text: string): void;
  /** Ends the line that is redrawn. */
  end(): void;
}

const REDRAW_MILLISECONDS = 100;
const PLAIN_MILLISECONDS = 5000;

/** What is shown of progress, and how it is taken away again. */
interface Display {
  readonly interval: number;
  draw(line: string): void;
  clear(): void;
}

/** Opens progress on standard error. */
export async function openProgress({ quiet }: { quiet: boolean }): Promise<Progress> {
  if (quiet) return { update() {}, note() {}, end() {} };
  const { interval, draw, clear } = canRedraw(process.stderr, process.env.TERM) ? await redrawn() : PLAIN;
  let last = Number.NEGATIVE_INFINITY;
  return {
    update(line) {
      const now = performance.now();
      if (now - last < interval) return;
      last = now;
      draw(printable(line()));
    },
    note(text) {
      clear();
      process.stderr.write(`${printable(text)}\n`);
    },
    end: clear,
  };
}

/**
 * Whether a line can be drawn anew where it stands: on a terminal that says how large it is, and that is not so dumb as
 * to take no escape sequences.
 * @param terminal its kind, `TERM`.
 */
export const canRedraw = (
  { isTTY, rows = 0, columns = 0 }: { isTTY?: boolean; rows?: number; columns?: number },
  terminal: string | undefined,
): boolean => isTTY === true && rows > 0 && columns > 0 && terminal !== "dumb";

const PLAIN: Display = {
  interval: PLAIN_MILLISECONDS,
  draw: (line) => process.stderr.write(`${line}\n`),
  clear() {},
};

async function redrawn(): Promise<Display> {
  const { createLogUpdate } = await import("log-update");
  // To hide the cursor, log-update would handle signals, and a second Ctrl-C must be the system's to handle.
  const log = createLogUpdate(process.stderr, { showCursor: true });
  return { interval: REDRAW_MILLISECONDS, draw: log, clear: () => log.clear() };
}

/** A duration for a person: `45 s`, `2 min 05 s`, `1 h 03 min`. */
export function writeSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}
