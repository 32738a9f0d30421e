/**
 * What every command has around it that makes pictures: an engine that is let go of in the end, and a watch for Ctrl-C.
 * @module
 */
import type { JobRunner } from "../job/runner.ts";
import { openRunner } from "../job/worker-runner.node.ts";
import type { EngineOptions } from "../transfer/engine.node.ts";
import type { Options } from "../transfer/options.ts";
import { type Interrupt, watchForInterrupt } from "./interrupt.ts";
import { writeEngine } from "./notes.ts";
import type { Progress } from "./progress.ts";

/**
 * Opens an engine for some work, and ends the progress with it.
 * @throws MisuseError and ImpastoError as opening does, and the work.
 */
export async function withEngine(
  options: Options & Pick<EngineOptions, "reuse">,
  progress: Progress,
  work: (runner: JobRunner, interrupt: Interrupt) => Promise<void>,
): Promise<void> {
  const interrupt = watchForInterrupt(() =>
    progress.note("Stopping after this evaluation; press Ctrl-C again to stop at once."),
  );
  let runner: JobRunner | undefined;
  try {
    runner = await openRunner(options);
    for (const note of writeEngine(runner.engine, options)) progress.note(note);
    await work(runner, interrupt);
  } finally {
    interrupt.release();
    progress.end();
    await runner?.close();
  }
}
