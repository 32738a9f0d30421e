/**
 * What a studio finds when it begins: runs as they were left, be it in the midst of a write. What was at work is stopped, and
 * can be gone on with; nothing begins by itself.
 * @module
 */
import type { Store } from "./platform.ts";
import { RESULTS, RUNS, type RunRecord, runName, runRecord } from "./run-record.ts";
import { readJson, writeJson } from "./store-json.ts";

/** The runs in a store. */
export interface Recovered {
  readonly records: readonly RunRecord[];
  /** Those that were at work. */
  readonly interrupted: readonly string[];
}

/** Finds the runs, and removes what is half-made. */
export async function recover(store: Store): Promise<Recovered> {
  const names = await store.list(RUNS);
  const ids = new Set(names.map((name) => name.split("/")[1] ?? ""));
  const found: Recovery[] = [];
  for (const id of ids) {
    const own = names.filter((name) => name.startsWith(runName(id, "")));
    const recovery = await recoverRun(store, id, own);
    if (recovery !== undefined) found.push(recovery);
  }
  return {
    records: found.map(({ record }) => record),
    interrupted: found.flatMap(({ record, interrupted }) => (interrupted ? [record.id] : [])),
  };
}

interface Recovery {
  readonly record: RunRecord;
  readonly interrupted: boolean;
}

async function recoverRun(store: Store, id: string, names: readonly string[]): Promise<Recovery | undefined> {
  const remove = async (some: readonly string[]): Promise<void> => {
    for (const name of some) await store.remove(name);
  };
  const fileName = runName(id, "run.json");
  const record = await readJson(store, fileName, runRecord);
  if (record === undefined || record.id !== id) {
    // Another version of impasto may know it. Without this file it is the rest of one that was being removed.
    if (!names.includes(fileName)) await remove(names);
    return undefined;
  }
  const { writing, ...rest } = record;
  if (writing !== undefined && !record.versions.some(({ file }) => file === writing)) {
    await store.remove(`${RESULTS}${writing}`);
  }
  await remove(record.versions.flatMap(({ removed, file }) => (removed ? [`${RESULTS}${file}`] : [])));
  const versions = record.versions.filter(({ removed }) => !removed);
  if (record.discarded && versions.length === 0) {
    await remove([...names.filter((name) => name !== fileName), fileName]);
    return undefined;
  }
  const left = stopped({ ...rest, versions }, names);
  const kept = [left.state, ...left.versions.map(({ state }) => state)];
  await remove(names.filter((name) => isState(name) && !kept.includes(name)));
  if (JSON.stringify(left) !== JSON.stringify(record)) await writeJson(store, fileName, left);
  return { record: left, interrupted: isAtWork(record) };
}

const isAtWork = ({ status }: RunRecord): boolean => status === "preparing" || status === "running";

const isState = (name: string): boolean => name.endsWith("/state") || name.endsWith(".state");

/** A run as it is when nothing works on it, with the newest state. */
function stopped(record: RunRecord, names: readonly string[]): RunRecord {
  if (!isAtWork(record) && record.status !== "waiting") return record;
  const { phase: _, ...rest } = record;
  const name = runName(record.id, "state");
  // One that was written while the run was at work is newer than what the record knows.
  const isNewer = isAtWork(record) && names.includes(name);
  return { ...rest, status: "stopped", resumable: true, ...(isNewer ? { state: name } : {}) };
}
