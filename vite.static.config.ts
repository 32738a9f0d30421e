/**
 * Builds the static studio into `dist-web`: a folder that any host serves, from any path.
 * @module
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, defineConfig, type Plugin } from "vite";
import { readSoftware } from "./src/cli/version.ts";
import { drawIcon } from "./src/studio/web/icon.ts";
import { writeManifest } from "./src/studio/web/manifest.ts";
import type { OfflineFile } from "./src/studio/web/offline.ts";

const root = fileURLToPath(new URL("./src/studio/web", import.meta.url));

/** What has no source of its own: the icon, the manifest, and, once all is there, the service worker that knows it. */
const others = (): Plugin => ({
  name: "impasto-static",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "icon.svg", source: drawIcon() });
    this.emitFile({ type: "asset", fileName: "manifest.webmanifest", source: writeManifest() });
  },
  async writeBundle({ dir = "" }) {
    await buildServiceWorker(dir);
  },
});

async function buildServiceWorker(folder: string): Promise<void> {
  const files = filesIn(folder);
  await build({
    configFile: false,
    logLevel: "warn",
    define: { FILES: JSON.stringify(files), VERSION: JSON.stringify(checksum(JSON.stringify(files))) },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: "es2022",
      lib: {
        entry: join(root, "service-worker.ts"),
        formats: ["iife"],
        name: "serviceWorker",
        fileName: () => "service-worker.js",
      },
    },
  });
}

const filesIn = (folder: string): readonly OfflineFile[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && !path.endsWith("service-worker.js"))
    .map((path) => ({
      path: relative(folder, path).replaceAll("\\", "/"),
      version: checksum(readFileSync(path)),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

const checksum = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex").slice(0, 16);

export default defineConfig({
  root,
  base: "./",
  define: { SOFTWARE: JSON.stringify(readSoftware()) },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    outDir: fileURLToPath(new URL("./dist-web", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // Inlined, they would be nobody's to keep, and the page's policy allows none.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  plugins: [others()],
});
