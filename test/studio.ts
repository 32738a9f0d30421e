/**
 * What the tests of the studio share: studios with the built-in network in this thread, on a store in memory.
 * @module
 */
import { encodePicture } from "../src/image/encode.node.ts";
import { checksumOfBytes } from "../src/image/file.node.ts";
import { decodeText, findPngText } from "../src/image/png-text.ts";
import { RECIPE_KEYWORD } from "../src/image/recipe-chunks.ts";
import { decodeInput } from "../src/job/inputs.node.ts";
import { type JobRunner, runHere } from "../src/job/runner.ts";
import { required } from "../src/required.ts";
import type { Run, RunRequest, RunStatus, StudioEvent } from "../src/studio/engine.ts";
import { memoryStore } from "../src/studio/memory-store.ts";
import type { Platform } from "../src/studio/platform.ts";
import { Studio, type StudioOptions } from "../src/studio/studio.ts";
import { openEngine } from "../src/transfer/engine.node.ts";
import type { Engine } from "../src/transfer/engine.ts";
import type { Iterate } from "../src/transfer/iterate.ts";
import { colours } from "./narrow-engine.ts";

/** Called after each evaluation; the run waits for it. */
export type Between = (iterate: Iterate, studio: Studio) => unknown;

/** What a studio of a test is made of. */
export interface Setting extends StudioOptions {
  /** What is in its store. */
  readonly entries?: Map<string, Uint8Array>;
  readonly between?: Between;
  readonly platform?: Partial<Platform>;
  readonly engine?: Partial<Engine>;
}

/** A studio, and what a test looks at. */
export interface Tried {
  readonly studio: Studio;
  readonly entries: Map<string, Uint8Array>;
  /** The networks that were opened, and how many runners are open. */
  readonly opened: string[];
  open(): number;
}

/** Opens the engine that all studios of a test file share. */
export const builtIn = (): Promise<Engine> =>
  openEngine({ device: "cpu", threads: 1, network: "built-in", reuse: true, memory: "2GB" });

/** Opens a studio. */
export async function openStudio(engine: Engine, setting: Setting = {}): Promise<Tried> {
  const { entries = new Map<string, Uint8Array>(), between, platform = {}, ...options } = setting;
  const opened: string[] = [];
  let open = 0;
  const runnerOf = (): JobRunner => {
    const inner = runHere({ ...engine, ...setting.engine });
    open += 1;
    return {
      ...inner,
      run: (job, io, controls, onIterate) =>
        inner.run(job, io, controls, async (iterate) => {
          await onIterate?.(iterate);
          await between?.(iterate, studio);
        }),
      async close() {
        open -= 1;
      },
    };
  };
  const studio: Studio = await Studio.open(
    {
      about: {
        kind: "server",
        machine: "one thread of the processor",
        networks: [{ name: "built-in", ready: true }],
        size: 32,
      },
      software: "impasto test",
      store: memoryStore(entries),
      async openRunner(network) {
        opened.push(network);
        return runnerOf();
      },
      readPicture: (bytes, name, neededSize) => decodeInput(bytes, name, { neededSize }),
      async readRecipe(bytes) {
        const text = findPngText(bytes, RECIPE_KEYWORD);
        return text && decodeText(text.bytes);
      },
      encode: (picture, encoding) => encodePicture(picture, "png", encoding),
      async encodePreview(picture) {
        return new Blob([new Uint8Array(await encodePicture(picture, "png"))], { type: "image/png" });
      },
      ...platform,
    },
    options,
  );
  return { studio, entries, opened, open: () => open };
}

/** A picture of random colours as a file. */
export async function pictureFile(width: number, height: number, seed: number): Promise<Blob> {
  return new Blob([new Uint8Array(await encodePicture(colours(width, height, seed), "png"))]);
}

/** Gives a studio a photograph and a painting, and makes a request of them. */
export async function requestOn(
  studio: Studio,
  options: RunRequest["options"],
  rest: Partial<RunRequest> = {},
): Promise<RunRequest> {
  const photograph = await studio.addPicture(await pictureFile(48, 36, 1), "cat.png");
  const painting = await studio.addPicture(await pictureFile(40, 40, 2), "starry night.jpg");
  return { content: photograph.id, styles: [{ id: painting.id, weight: 1 }], options, ...rest };
}

/** Waits until a run is as it is to be, or has failed. */
export function until(studio: Studio, id: string, ...wanted: readonly RunStatus[]): Promise<Run> {
  return new Promise((resolve) => {
    let end = (): void => {};
    const see = (run: Run | undefined): void => {
      if (run?.id !== id || !(run.status === "failed" || wanted.includes(run.status))) return;
      end();
      resolve(run);
    };
    end = studio.watch((event: StudioEvent) => {
      if (event.kind === "run") see(event.run);
      if (event.kind === "all") see(event.runs.find((run) => run.id === id));
    });
  });
}

/** The bytes of a run's newest version. */
export async function newestBytes(studio: Studio, run: Run): Promise<Uint8Array> {
  const version = required(run.versions.at(-1), "version");
  return new Uint8Array(await (await studio.versionPicture(run.id, version.id)).arrayBuffer());
}

/** A run of a few moments. */
export const OPTIONS = { size: 32, iterations: 12, scales: 1, styleMeasure: "gram" } as const;

/** Paints to the end. */
export async function paint(
  studio: Studio,
  options: Parameters<typeof requestOn>[1] = OPTIONS,
): Promise<Run> {
  const { id } = await studio.begin(await requestOn(studio, options));
  return until(studio, id, "finished");
}

/** Stops after so many evaluations. */
export const stopAfter = (
  evaluation: number,
  once = { done: false },
): Required<Pick<Setting, "between">> => ({
  between(iterate, studio) {
    if (iterate.evaluation !== evaluation || once.done) return;
    once.done = true;
    void studio.runs().then((runs) => Promise.all(runs.map(({ id }) => studio.stop(id))));
  },
});

/** The checksum of the newest picture of a run. */
export const sumOf = async (studio: Studio, run: Run): Promise<string> =>
  checksumOfBytes(await newestBytes(studio, run));

/** The recipe in a run's newest picture, as a page reads it back. */
export async function recipeIn(studio: Studio, run: Run): Promise<unknown> {
  const bytes = await newestBytes(studio, run);
  return (await studio.addPicture(new Blob([new Uint8Array(bytes)]), "result.png")).recipe;
}
/** A mask that says nothing. */
export async function blackFile(): Promise<Blob> {
  const black = { width: 16, height: 16, rgb: new Float32Array(3 * 256) };
  return new Blob([new Uint8Array(await encodePicture(black, "png"))]);
}
