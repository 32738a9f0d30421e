/**
 * The worker that makes pictures in a browser. It is started by worker-runner.web.ts, and by nothing else.
 * @module
 */
import { type EngineOptions, openEngine } from "../transfer/engine.web.ts";
import { hostJobs } from "./worker-host.ts";

const answer = hostJobs<EngineOptions>(openEngine, (reply, handedOver) =>
  postMessage(reply, { transfer: [...handedOver] }),
);
addEventListener("message", ({ data }) => answer(data));
// Nobody would answer what could not be read: the worker's failure says so.
addEventListener("messageerror", () => {
  throw new Error("a question could not be read");
});
