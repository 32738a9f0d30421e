/**
 * The thread that makes pictures under Node. It is started by worker-runner.node.ts, and by nothing else.
 * @module
 */
import { parentPort } from "node:worker_threads";
import { type EngineOptions, openEngine } from "../transfer/engine.node.ts";
import { hostJobs } from "./worker-host.ts";

const answer = hostJobs<EngineOptions>(openEngine, (reply, handedOver) =>
  parentPort?.postMessage(reply, handedOver),
);
parentPort?.on("message", answer);
// Nobody would answer what could not be read: the thread's end says so.
parentPort?.on("messageerror", () => process.exit(1));
