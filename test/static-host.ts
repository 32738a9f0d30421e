/**
 * A host as plain as they come: the files of a folder under a path, and nothing that isolates a page.
 * @module
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

/** A host that serves. */
export interface StaticHost {
  readonly origin: string;
  /** What was asked for, by its path. */
  readonly asked: readonly string[];
  /** Is gone, with all that is connected. */
  close(): Promise<void>;
}

/** Serves folders, each by the path that begins with its name, such as `/some/where/`. */
export async function openStaticHost(folders: Readonly<Record<string, string>>): Promise<StaticHost> {
  const asked: string[] = [];
  const server = createServer(async ({ url = "/" }, answer) => {
    const { pathname } = new URL(url, "http://host");
    asked.push(pathname);
    const [prefix, folder] = Object.entries(folders).find(([start]) => pathname.startsWith(start)) ?? [];
    const rest = pathname.slice(prefix?.length) || "index.html";
    const body =
      folder === undefined ? undefined : await readFile(join(folder, normalize(rest))).catch(() => undefined);
    const type = TYPES[extname(rest)] ?? "application/octet-stream";
    answer.writeHead(body === undefined ? 404 : 200, { "Content-Type": type }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
