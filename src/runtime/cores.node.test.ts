import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { coreCount } from "./cores.node.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-cores-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder as Linux has it, with a processor for each of the lists. */
function describing(...siblings: readonly string[]): string {
  const folder = mkdtempSync(join(root, "cpu-"));
  for (const [number, list] of siblings.entries()) {
    const topology = join(folder, `cpu${number}`, "topology");
    mkdirSync(topology, { recursive: true });
    writeFileSync(join(topology, "thread_siblings_list"), `${list}\n`);
  }
  mkdirSync(join(folder, "cpuidle"));
  return folder;
}

describe("The number of cores", () => {
  it("counts two processors of one core once", () => {
    expect(coreCount(describing("0,2", "1,3", "0,2", "1,3"), 4)).toBe(2);
    expect(coreCount(describing("0", "1", "2"), 3)).toBe(3);
  });

  it("is no more than the processors that the process may use", () => {
    expect(coreCount(describing("0,2", "1,3", "0,2", "1,3"), 1)).toBe(1);
  });

  it("is that of the processors where nobody says which belong together", () => {
    expect(coreCount(join(root, "nowhere"), 6)).toBe(6);
    mkdirSync(join(root, "silent", "cpu0"), { recursive: true });
    expect(coreCount(join(root, "silent"), 6)).toBe(6);
  });

  it("of this machine is one at least", () => {
    expect(coreCount()).toBeGreaterThanOrEqual(1);
    expect(coreCount()).toBeLessThanOrEqual(availableParallelism());
  });
});
