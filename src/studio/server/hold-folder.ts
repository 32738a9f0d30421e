/**
 * One studio a folder: two would write over each other's runs. A studio that was killed holds its folder for a few seconds
 * more, which the next one waits for.
 * @module
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MisuseError } from "../../errors.ts";

/** Milliseconds without a sign of life after which a studio counts as gone. */
const STALE = 3000;
const RETRY = 200;

/**
 * Takes a folder, until it is let go of.
 * @param folder the one within that is the studio's own.
 * @throws MisuseError where another studio has it.
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  const owner = join(folder, "owner");
  const until = Date.now() + 2 * STALE;
  for (;;) {
    const release = await tryToHold(folder);
    if (release !== undefined) {
      await writeFile(owner, `${process.pid} ${performance.timeOrigin}`);
      return async () => {
        await rm(owner, { force: true });
        // Where it was lost there is nothing to let go of.
        await release().catch(() => {});
      };
    }
    if (Date.now() > until || isAlive(await readFile(owner, "utf8").catch(() => ""))) {
      throw new MisuseError(
        `Another studio works in "${dirname(folder)}"; use that one, or name another folder with --folder`,
      );
    }
    await sleep(RETRY);
  }
}

async function tryToHold(folder: string): Promise<(() => Promise<void>) | undefined> {
  const { lock } = await import("proper-lockfile");
  try {
    return await lock(folder, {
      lockfilePath: join(folder, "lock"),
      stale: STALE,
      update: STALE / 3,
      // Nobody else takes it while this process shows signs of life.
      onCompromised: () => {},
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ELOCKED") return undefined;
    throw error;
  }
}

/** Whether the process that holds a folder is known to live: there is no point in waiting for it, then. */
function isAlive(owner: string): boolean {
  const [pid = Number.NaN, begun] = owner.split(" ").map(Number);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  // Numbers are given again: in a container the next studio often has the one of the last.
  if (pid === process.pid) return begun === performance.timeOrigin;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
