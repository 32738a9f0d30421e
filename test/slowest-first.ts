/**
 * Vitest's order of files: those that take longest first, so that the last of them does not keep one core waiting for the
 * other. Where no run has been timed yet, as in a clean clone, Vitest only has the files' sizes to guess by.
 * @module
 */
import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";

/** In the order of their time. */
const SLOWEST: readonly string[] = [
  "test/chromium.test.ts",
  "test/flat-pictures.test.ts",
  "training/teach.test.ts",
  "test/webgpu.test.ts",
  "test/killed-runs.test.ts",
  "test/install.test.ts",
  "test/stripes.test.ts",
];

/** How soon a file begins: the lower, the sooner. */
function rankOf({ moduleId }: TestSpecification): number {
  const found = SLOWEST.findIndex((file) => moduleId.endsWith(file));
  return found < 0 ? SLOWEST.length : found;
}

/** Puts the slow files of each project before its others. */
export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) =>
      sorted.filter((file) => file.project === project).sort((one, other) => rankOf(one) - rankOf(other)),
    );
  }
}
