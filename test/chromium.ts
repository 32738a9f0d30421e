/**
 * A page in Chromium: bundled by Vite from the built package, served from this machine, isolated as threads need it, and
 * once more as it is. WebGPU is SwiftShader's, which computes on the processor.
 * @module
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where systems put it. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser's program; undefined where there is none. */
export const CHROMIUM = PLACES.find((place) => existsSync(place));

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** What isolates a page. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** A browser, and the pages that it opens. */
export interface OpenedChromium {
  readonly browser: Browser;
  /** Opens the page; `plain` without what isolates it. */
  open(manner: "isolated" | "plain"): Promise<Page>;
  close(): Promise<void>;
}

/**
 * Bundles the page and starts a server and a browser.
 * @param files what else is served, by paths such as `/examples/`: the folder or file that it is.
 */
export async function openChromium(files: Readonly<Record<string, string>> = {}): Promise<OpenedChromium> {
  const bundle = await mkdtemp(join(tmpdir(), "impasto-page-"));
  await bundlePage(bundle);
  const server = await serve({ ...files, "/isolated/": bundle, "/plain/": bundle });
  const browser = await chromium.launch({
    ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
    args: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    browser,
    async open(manner) {
      const page = await browser.newPage();
      page.on("pageerror", (error) => console.error(error));
      await page.goto(`http://127.0.0.1:${port}/${manner}/index.html`);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
      await rm(bundle, { recursive: true });
    },
  };
}

/** As the documentation says that a program is to do it; the built package stands for the installed one. */
async function bundlePage(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: join(root, "test", "browser-page"),
    base: "./",
    logLevel: "warn",
    resolve: {
      alias: {
        "impasto/browser": join(root, "dist", "browser.js"),
        "impasto/graph": join(root, "dist", "graph", "index.js"),
      },
    },
    worker: { format: "es" },
    build: { outDir: folder, emptyOutDir: true, target: "esnext", reportCompressedSize: false },
  });
}

async function serve(files: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(async ({ url = "/" }, answer) => {
    const [prefix, place] = Object.entries(files).find(([start]) => url.startsWith(start)) ?? [];
    const body =
      prefix === undefined || place === undefined
        ? undefined
        : await readFile(join(place, normalize(url.slice(prefix.length)))).catch(() => undefined);
    const type = TYPES[extname(url)] ?? "application/octet-stream";
    const isolating = url.startsWith("/plain/") ? {} : ISOLATION;
    answer.writeHead(body === undefined ? 404 : 200, { "Content-Type": type, ...isolating }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return server;
}
