/**
 * Bundles the studio's page over the engine that plays, serves it from this machine, and opens it in Chromium. The page's own
 * rules for content hold, as a server of the studio sets them.
 * @module
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { CHROMIUM } from "../chromium.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};

const RULES = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "img-src 'self' blob:",
  // axe measures contrast with styles of its own.
  "style-src 'self'",
].join("; ");

/** A browser, and pages of the studio in it. */
export interface OpenedStudio {
  readonly browser: Browser;
  open(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function openStudio(): Promise<OpenedStudio> {
  const bundle = await mkdtemp(join(tmpdir(), "impasto-studio-page-"));
  await build({
    configFile: fileURLToPath(new URL("../../vite.page.config.ts", import.meta.url)),
    root: fileURLToPath(new URL(".", import.meta.url)),
    logLevel: "warn",
    build: { outDir: bundle, minify: false, reportCompressedSize: false },
  });
  const server = createServer(async ({ url = "/" }, answer) => {
    const path = url === "/" ? "index.html" : normalize(url);
    const body = await readFile(join(bundle, path)).catch(() => undefined);
    answer.writeHead(body === undefined ? 404 : 200, {
      "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
      "Content-Security-Policy": RULES,
    });
    answer.end(body);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const browser = await chromium.launch(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    browser,
    async open(options = {}) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      page.on("pageerror", (error) => console.error(error));
      page.on("console", (message) => message.type() === "error" && console.error(message.text()));
      await page.goto(`http://127.0.0.1:${port}/`);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
      await rm(bundle, { recursive: true });
    },
  };
}
