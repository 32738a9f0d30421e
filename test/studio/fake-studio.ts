/**
 * A studio that does nothing but keep an account of what it was asked for, and a server that has it.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Run, StudioEngine, StudioEvent } from "../../src/studio/engine.ts";
import { createApp } from "../../src/studio/server/app.ts";
import { doorOf } from "../../src/studio/server/door.ts";
import { pageFiles } from "../../src/studio/server/page-files.ts";
import { answerAt, listenAt } from "../../src/studio/server/serve.ts";
import { openSession } from "../../src/studio/server/session.ts";

/** One call: who asked, for what, with which words. */
export type Call = readonly [client: string, method: string, ...words: readonly unknown[]];

/** A run in its plainest form. */
export const plainRun = (id: string, revision = 1, phase = ""): Run => ({
  id,
  revision,
  created: 0,
  request: { content: "a".repeat(64), styles: [{ id: "b".repeat(64), weight: 1 }], options: {} },
  status: "running",
  width: 4,
  height: 4,
  preview: 0,
  versions: [],
  resumable: false,
  ...(phase === "" ? {} : { phase }),
});

/** The studio that is asked. */
export interface FakeStudio {
  readonly calls: Call[];
  /** Those who watch. */
  readonly listeners: Set<(event: StudioEvent) => void>;
  /** Thrown by the next call. */
  fail: Error | undefined;
  connect(client: string): StudioEngine;
}

/** Makes one. */
export function fakeStudio(): FakeStudio {
  const calls: Call[] = [];
  const listeners = new Set<(event: StudioEvent) => void>();
  const studio: FakeStudio = { calls, listeners, fail: undefined, connect };
  function connect(client: string): StudioEngine {
    const answering =
      <Words extends readonly unknown[], Result>(
        method: string,
        result: (...words: Words) => Result | Promise<Result>,
      ) =>
      async (...words: Words): Promise<Result> => {
        calls.push([client, method, ...words]);
        const { fail } = studio;
        studio.fail = undefined;
        if (fail) throw fail;
        return result(...words);
      };
    const run = (id: string): Run => plainRun(id);
    const picture = (): Blob => new Blob(["pixels"], { type: "image/png" });
    return {
      client,
      about: answering("about", () => ({
        kind: "server" as const,
        software: "impasto",
        machine: "none",
        networks: [],
        size: 512,
      })),
      watch(listener) {
        listeners.add(listener);
        listener({ kind: "all", runs: [plainRun("first")], steering: client });
        return () => listeners.delete(listener);
      },
      takeOver: answering("takeOver", () => {}),
      addPicture: answering("addPicture", (file: Blob, name: string) => ({
        id: "a".repeat(64),
        name,
        width: file.size,
        height: 1,
        notes: [],
      })),
      picture: answering("picture", picture),
      estimate: answering("estimate", () => ({ width: 1, height: 1, memory: 1, blocks: false })),
      begin: answering("begin", () => plainRun("begun")),
      runs: answering("runs", () => [plainRun("first")]),
      losses: answering("losses", () => []),
      preview: answering("preview", picture),
      steer: answering("steer", run),
      keep: answering("keep", run),
      stop: answering("stop", run),
      resume: answering("resume", run),
      discard: answering("discard", () => {}),
      star: answering("star", run),
      remove: answering("remove", run),
      versionPicture: answering("versionPicture", picture),
      fetchWeights: answering("fetchWeights", () => {}),
      addWeights: answering("addWeights", async (file: Blob) => {
        await file.arrayBuffer();
      }),
    };
  }
  return studio;
}

/** A server with such a studio. */
export interface FakeServer {
  readonly studio: FakeStudio;
  readonly port: number;
  readonly origin: string;
  readonly token: string;
  /** The headers of a page that was let in. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where it would keep things. */
  readonly folder: string;
  ask(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Starts one on a port of its own. */
export async function startFakeServer(page?: string): Promise<FakeServer> {
  const studio = fakeStudio();
  const folder = mkdtempSync(join(tmpdir(), "impasto-server-"));
  const { server, port } = await listenAt("127.0.0.1", 0);
  const session = openSession(port, "secret");
  const controller = new AbortController();
  const { signal } = controller;
  const files = page === undefined ? new Map() : await pageFiles(page);
  answerAt(server, doorOf(port, []), session, createApp({ studio, files, folder, signal, heartbeat: 50 }));
  const origin = `http://127.0.0.1:${port}`;
  const headers = {
    Cookie: `impasto-${port}=secret`,
    Origin: origin,
    "Sec-Fetch-Site": "same-origin",
    "X-Impasto-Client": "page-1",
  };
  return {
    studio,
    port,
    origin,
    token: session.token,
    headers,
    folder,
    ask: (path, init = {}) =>
      fetch(`${origin}${path}`, { redirect: "manual", ...init, headers: { ...headers, ...init.headers } }),
    async close() {
      controller.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
