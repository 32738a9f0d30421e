/**
 * Vitest's reporter beside its own: names each test that was skipped, so that nobody takes it for one that passed.
 * @module
 */
import type { Reporter, TestModule, Vitest } from "vitest/node";

/** Prints the names at the end of a run; none where a run was asked for some tests by their names. */
export default class SkippedByName implements Reporter {
  #chosen = false;

  onInit({ config }: Vitest): void {
    this.#chosen = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (this.#chosen) return;
    const names = modules.flatMap(({ relativeModuleId, children }) =>
      [...children.allTests("skipped")].map(({ fullName }) => `${relativeModuleId} > ${fullName}`),
    );
    if (names.length > 0) console.log(`Skipped:\n${names.map((name) => `  ${name}\n`).join("")}`);
  }
}
