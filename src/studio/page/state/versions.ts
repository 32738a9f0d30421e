/**
 * What is done with versions: star them, remove them and have them again, save them as files.
 * @module
 */
import type { Run, StudioEngine, Version } from "../../engine.ts";
import { failureOf } from "./failure.ts";
import type { History } from "./history.ts";
import type { Notices } from "./notices.ts";
import type { Ports } from "./ports.ts";
import type { Runs } from "./runs.ts";

/** What is done with versions. */
export interface Versions {
  star(run: Run, version: Version): Promise<void>;
  remove(run: Run, version: Version): Promise<void>;
  /** The exact file, with its recipe. */
  download(run: Run, version: Version): Promise<void>;
}

export function createVersions(
  engine: StudioEngine,
  runs: Runs,
  notices: Notices,
  history: History,
  save: Ports["save"],
): Versions {
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      notices.complain(failureOf(error).message);
    }
  };
  const setRemoved = (run: Run, version: Version, removed: boolean): Promise<void> =>
    attempt(async () => runs.takeRun(await engine.remove(run.id, version.id, removed)));
  return {
    star: (run, version) =>
      attempt(async () => runs.takeRun(await engine.star(run.id, version.id, !version.starred))),
    async remove(run, version) {
      await setRemoved(run, version, true);
      const done = { what: "deleting the version", undo: () => void setRemoved(run, version, false) };
      history.push(done);
      notices.tell("The version is deleted.", { label: "Undo", run: () => history.undoThis(done) });
    },
    download: (run, version) =>
      attempt(async () => save(await engine.versionPicture(run.id, version.id), version.file)),
  };
}
