/**
 * Runs jobs in a worker of their own in a browser, so that the page stays free. Closed in the middle of a run, it stops at
 * once.
 * @module
 */
import type { EngineFiles, EngineOptions } from "../transfer/engine.web.ts";
import { openRemoteRunner, type Port } from "./remote-runner.ts";
import type { JobRunner } from "./runner.ts";

/**
 * Starts a worker and opens an engine in it.
 * @param worker runs `dist/job/worker.web.js` of the package, where the bundler does not find it by itself.
 * @example
 * const runner = await openRunner();
 * const { picture } = await runner.run(job, io);
 * await runner.close();
 * @throws MisuseError when there are no weights where they are said to be.
 * @throws ImpastoError when the weights cannot be fetched or used, or the device is not there.
 */
export const openRunner = (
  options: EngineOptions = {},
  worker = new Worker(new URL("./worker.web.js", import.meta.url), { type: "module" }),
): Promise<JobRunner> => openRemoteRunner(portOf(worker), fromThisPage(options));

function portOf(worker: Worker): Port<EngineOptions> {
  let close = (): void => {};
  return {
    post: (message, handedOver) => worker.postMessage(message, [...handedOver]),
    listen(onReply, onEnd) {
      worker.onmessage = ({ data }) => onReply(data);
      worker.onmessageerror = () => onEnd("an answer could not be read");
      worker.onerror = ({ message }) => onEnd(message || "its worker could not be started");
      // A worker that is ended says nothing.
      close = () => onEnd("it was closed");
    },
    async close() {
      worker.terminate();
      close();
    },
  };
}

/** With whole addresses: a worker's own begin where its script is. */
function fromThisPage({ network, files, ...options }: EngineOptions): EngineOptions {
  const isAddress = typeof network === "string" && !["auto", "built-in", "vgg19"].includes(network);
  return {
    ...options,
    ...(network === undefined ? {} : { network: isAddress ? absolute(network) : network }),
    ...(files === undefined ? {} : { files: filesFrom(files) }),
  };
}

const filesFrom = ({ wasm, ...files }: EngineFiles): EngineFiles => ({
  ...allAbsolute(files),
  ...(wasm === undefined ? {} : { wasm: typeof wasm === "string" ? absolute(wasm) : allAbsolute(wasm) }),
});

const allAbsolute = (addresses: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(addresses).map(([name, address]) => [name, absolute(address)]));

const absolute = (address: string): string => new URL(address, document.baseURI).href;
