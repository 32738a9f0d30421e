/**
 * The yardstick: what one evaluation of loss and gradient takes in PyTorch, on this machine and about now.
 * @module
 */
import { execSync } from "node:child_process";
import * as z from "zod";

/** Milliseconds after which the machine may have changed its pace. */
const VALID = 30 * 60_000;

const printed = z.object({ evaluation: z.number().positive() });
const given = z.record(z.string().regex(/^\d+x\d+$/), z.number().positive());

/** Gives the seconds of one evaluation at a size, or undefined where nothing is known. */
type Reference = (width: number, height: number) => number | undefined;

/**
 * Makes a reference.
 * @param seconds JSON such as `{"256x192": 0.32}`; comes before the command.
 * @param command a command line that, given width and height, prints JSON with `evaluation` in seconds as its last line.
 */
export function openReference(seconds: string | undefined, command: string | undefined): Reference {
  const known = given.parse(JSON.parse(seconds ?? "{}"));
  const measured = new Map<string, { readonly seconds: number; readonly at: number }>();
  return (width, height) => {
    const size = `${width}x${height}`;
    const last = measured.get(size);
    if (known[size] !== undefined || command === undefined) return known[size];
    if (last && Date.now() - last.at < VALID) return last.seconds;
    const lines = execSync(`${command} ${width} ${height}`, { encoding: "utf8" }).trim().split("\n");
    const { evaluation } = printed.parse(JSON.parse(lines.at(-1) ?? ""));
    console.error(`One PyTorch evaluation at ${size}: ${evaluation} s`);
    measured.set(size, { seconds: evaluation, at: Date.now() });
    return evaluation;
  };
}
