/**
 * What the tests of jobs share: jobs on pictures that are in no file.
 * @module
 */
import type { Picture } from "../src/image/picture.ts";
import type { JobIo } from "../src/job/job.ts";
import { type Job, jobOf } from "../src/job/recipe.ts";
import { required } from "../src/required.ts";
import type { Engine } from "../src/transfer/engine.ts";
import type { OptionsInput } from "../src/transfer/options.ts";

/** The pictures that a job may name: `content`, any others, and those are its styles that `styles` weighs. */
export interface JobSubject {
  readonly pictures: Readonly<Record<string, Picture>>;
  readonly content: string;
  /** Weights by the pictures' names. */
  readonly styles: Readonly<Record<string, number>>;
  readonly initial?: string;
}

/** A job that these options ask for. */
export function jobOn(subject: JobSubject, options: OptionsInput, engine: Engine): Job {
  const { pictures, content, styles, initial } = subject;
  const named = (name: string) => ({ name, checksum: `checksum of ${name}` });
  const inputs = {
    content: named(content),
    styles: Object.entries(styles).map(([name, weight]) => ({ ...named(name), weight })),
    ...(initial === undefined ? {} : { initial: named(initial) }),
  };
  return jobOf(inputs, options, required(pictures[content], content), engine);
}

/** Finds a job's pictures by their names and checksums. */
export const ioOf = ({ pictures }: Pick<JobSubject, "pictures">): JobIo => ({
  async read({ name, checksum }) {
    if (checksum !== `checksum of ${name}`) throw new Error(`${checksum} is none of ${name}`);
    return required(pictures[name], name);
  },
});
