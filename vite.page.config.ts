/**
 * Builds the studio's page, as the local server hands it out: into the package, beside what the compiler makes.
 * @module
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at("src/studio/page"),
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: at("dist/studio/page"),
    emptyOutDir: true,
    target: "es2022",
    // The page's own rules for content allow no data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
