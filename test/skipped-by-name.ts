/**
 * Vitest's reporter beside its own: names what was skipped, so that nobody takes it for what passed.
 * @module
 */
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";

/** Prints the names at the end of a run; none where a run was asked for some tests by their names. */
export default class SkippedByName implements Reporter {
  #chosen = false;

  onInit({ config }: Vitest): void {
    this.#chosen = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (this.#chosen) return;
    const names = new Set(
      modules.flatMap(({ relativeModuleId, children }) =>
        [...children.allTests("skipped")].map((test) => `  ${relativeModuleId} > ${nameOf(test)}\n`),
      ),
    );
    if (names.size > 0) console.log(`Skipped:\n${[...names].join("")}`);
  }
}

/** The suite's name and how many tests it has, where all of them were skipped; else the test's own. */
function nameOf({ parent, fullName }: TestCase): string {
  const all = [...parent.children.allTests()];
  const whole = parent.type === "suite" && all.every((test) => test.result().state === "skipped");
  return whole ? `${parent.fullName} (${all.length} of ${all.length})` : fullName;
}
