/**
 * How many cores there are to compute on. ONNX Runtime would count for itself, but not tell, and a picture can only be
 * made again with the number of threads that made it.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** Where Linux says which processors are one core's. */
const PROCESSORS = "/sys/devices/system/cpu";

/**
 * The cores that this process may use, at least one. The two processors of a core share its arithmetic, so that a thread on
 * each gains nothing; where the system does not tell them apart, every processor counts.
 * @param folder where Linux describes the processors.
 */
export function coreCount(folder = PROCESSORS, processors = availableParallelism()): number {
  const cores = new Set(
    namesIn(folder)
      .filter((name) => /^cpu\d+$/.test(name))
      .flatMap((name) => textOf(join(folder, name, "topology", "thread_siblings_list"))),
  );
  return cores.size === 0 ? processors : Math.min(cores.size, processors);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): readonly string[] {
  try {
    return [readFileSync(path, "utf8").trim()];
  } catch {
    return [];
  }
}
