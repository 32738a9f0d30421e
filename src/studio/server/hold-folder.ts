/**
 * One studio a folder: two would write over each other's runs. A studio that was killed holds its folder for a few seconds
 * more, which the next one waits for.
 * @module
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MisuseError } from "../../errors.ts";

/** Milliseconds without a sign of life after which a studio counts as gone. */
const STALE = 3000;
const RETRY = 200;

/**
 * Takes a folder, until it is let go of.
 * @throws MisuseError where another studio has it.
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  const { lock } = await import("proper-lockfile");
  const give = async (): Promise<(() => Promise<void>) | undefined> => {
    try {
      return await lock(folder, {
        lockfilePath: join(folder, ".studio-lock"),
        stale: STALE,
        update: STALE / 3,
        // Nobody else takes it while this process shows signs of life.
        onCompromised: () => {},
      });
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ELOCKED") return undefined;
      throw error;
    }
  };
  const until = Date.now() + 2 * STALE;
  for (;;) {
    const release = await give();
    // Where it was lost there is nothing to let go of.
    if (release !== undefined) return () => release().catch(() => {});
    if (Date.now() > until) {
      throw new MisuseError(
        `Another studio works in "${folder}"; use that one, or name another folder with --folder`,
      );
    }
    await sleep(RETRY);
  }
}
