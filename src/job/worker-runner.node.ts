/**
 * Runs jobs in a thread of their own under Node: ONNX Runtime keeps the thread busy that it is called from.
 * @module
 */
import { Worker } from "node:worker_threads";
import { forbidTelemetry } from "../runtime/native.node.ts";
import type { EngineOptions } from "../transfer/engine.node.ts";
import { openRemoteRunner, type Port } from "./remote-runner.ts";
import type { JobRunner } from "./runner.ts";

/**
 * Starts a thread and opens an engine in it.
 * @example
 * const runner = await openRunner({ network: "auto" });
 * try {
 *   const { picture } = await runner.run(job, io);
 * } finally {
 *   await runner.close();
 * }
 * @throws MisuseError when the weights are not where they are said to be.
 * @throws ImpastoError when the weights cannot be used or the device is not there.
 */
export const openRunner = (options: EngineOptions = {}): Promise<JobRunner> =>
  openRemoteRunner(openPort(), options);

function openPort(): Port<EngineOptions> {
  // In the thread it would be too late: its environment is a copy, and libraries read the process's own.
  forbidTelemetry();
  // The built file: sources are not run in threads.
  const worker = new Worker(new URL("./worker.node.js", import.meta.url));
  return {
    post: (message, handedOver) => worker.postMessage(message, handedOver),
    listen(onReply, onEnd) {
      worker.on("message", onReply);
      worker.on("messageerror", ({ message }) => onEnd(`an answer could not be read (${message})`));
      worker.on("error", (error: unknown) => onEnd(error instanceof Error ? error.message : String(error)));
      worker.on("exit", (code) => onEnd(`its thread ended with code ${code}`));
    },
    async close() {
      await worker.terminate();
    },
  };
}
