/**
 * `impasto weights` as a process, with mirrors on this machine.
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { run, start } from "./cli-process.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-weights-"));
const folder = (): string => mkdtempSync(join(root, "run-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("weights", () => {
  it("says where it looks, and how to get weights when there are none", async () => {
    const env = { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: join(root, "cache") };
    const { stdout, code } = await run(["weights"], { cwd: root, env });
    expect(code).toBe(0);
    expect(stdout).toContain("IMPASTO_WEIGHTS: not set");
    expect(stdout).toContain(join(root, "cache"));
    expect(stdout).toContain("impasto weights fetch");
  });

  it("fails in one sentence when the mirror has no such file", async () => {
    const mirror = await serve((_, response) => response.writeHead(404).end());
    const env = { IMPASTO_CACHE: join(folder(), "cache") };
    const { stderr, stdout, code } = await run(["weights", "fetch", "--mirror", mirror.url, "--quiet"], {
      cwd: root,
      env,
    });
    mirror.close();
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
    expect(stderr).toMatch(/^impasto: [^\n]*404[^\n]*\n$/);
  });

  it("keeps what has arrived when Ctrl-C stops a download, and says so", async () => {
    const beginning = Buffer.from("\x89HDF\r\n\x1a\nthe beginning", "latin1");
    const mirror = await serve((_, response) => response.writeHead(200).write(beginning));
    const cache = join(folder(), "cache");
    const fetching = start(["weights", "fetch", "--mirror", mirror.url], {
      cwd: root,
      env: { IMPASTO_CACHE: cache },
    });
    await fetching.said(" MB");
    await sleep(200);
    fetching.child.kill("SIGINT");
    const { code, stderr } = await fetching.ended;
    mirror.close();
    expect(code).toBe(130);
    expect(stderr).toContain("Stopped; what has arrived is kept");
    const [part = "", ...others] = readdirSync(cache);
    expect(others).toEqual([]);
    expect(readFileSync(join(cache, part))).toEqual(beginning);
  });
});

/** A server on this machine that answers every request in the same way. */
async function serve(answer: Parameters<typeof createServer>[1]): Promise<{ url: string; close(): void }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
