import { defineConfig } from "vitest/config";

export default defineConfig({
  // "impasto" is the sources here, as it is for the compiler (tsconfig.json says why); then Vite's own conditions.
  ssr: { resolve: { conditions: ["impasto-source", "module", "node", "development|production"] } },
  test: {
    include: ["src", "training", "test", "bench", "fuzz", "campaign"].map((room) => `${room}/**/*.test.ts`),
    // ONNX Runtime uses every core itself; test files side by side would only fight over them.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ["test/cli-build.ts"],
    // The built command is run as it is.
    server: { deps: { external: [/\/dist\//] } },
    reporters: ["default", "test/skipped-by-name.ts"],
  },
});
