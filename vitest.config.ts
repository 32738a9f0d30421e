import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import SlowestFirst from "./test/slowest-first.ts";

const ROOMS = ["src", "training", "test", "bench", "fuzz", "campaign"];

/** Where the tests are. */
export const TESTS = ROOMS.map((room) => `${room}/**/*.test.ts`);

/**
 * Files whose process is theirs alone: what they run has one state for all of a process (WebAssembly's number of threads,
 * modules that are loaded anew), or takes much memory.
 */
const APART = [
  "src/image/sharp.node.test.ts",
  "src/runtime/wasm.node.test.ts",
  "src/transfer/engine.node.test.ts",
  "test/*.test.ts",
  "fuzz/**/*.test.ts",
  "campaign/**/*.test.ts",
];

/** It takes as long as a dozen others, and is run by itself: `npm run test:static`. */
export const STATIC_STUDIO = "test/studio-static.test.ts";

/** The tests, without those of some files. */
export const projectsWithout = (excluded: readonly string[]): TestProjectInlineConfiguration[] => [
  { extends: true, test: { name: "apart", include: APART, exclude: [...excluded] } },
  // A process for each file would load the same modules again and again, for longer than most of the tests take.
  {
    extends: true,
    test: { name: "together", include: TESTS, exclude: [...APART, ...excluded], isolate: false },
  },
];

export default defineConfig({
  // "impasto" is the sources here, as it is for the compiler (tsconfig.json says why); then Vite's own conditions.
  ssr: { resolve: { conditions: ["impasto-source", "module", "node", "development|production"] } },
  test: {
    projects: projectsWithout([STATIC_STUDIO]),
    // ONNX Runtime uses every core itself; more test files side by side would only fight over them.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ["test/cli-build.ts"],
    sequence: { sequencer: SlowestFirst },
    // The built command is run as it is.
    server: { deps: { external: [/\/dist\//] } },
    reporters: ["default", "test/skipped-by-name.ts"],
  },
});
