/** The stream of what happens: numbered, everything first, and never more of it kept than a reader may still want. */
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type FakeServer, fakeStudio, plainRun, startFakeServer } from "../../../test/studio/fake-studio.ts";
import type { StudioEvent } from "../engine.ts";
import { eventStream } from "./events.ts";

/** For machines that are busy. */
const PATIENCE = { timeout: 20_000 };

/** A stream of a studio, and what is read of it. */
function opened(options: { readonly most?: number; readonly heartbeat?: number } = {}) {
  const studio = fakeStudio();
  const controller = new AbortController();
  const stream = eventStream(studio.connect("page-1"), { ...options, signal: controller.signal });
  const reader = stream.getReader();
  const emit = (event: StudioEvent): void => {
    for (const listener of studio.listeners) listener(event);
  };
  const read = async (): Promise<string> => {
    const { value } = await reader.read();
    return value === undefined ? "end" : new TextDecoder().decode(value);
  };
  return { studio, controller, reader, emit, read };
}

const run = (id: string, revision: number): StudioEvent => ({ kind: "run", run: plainRun(id, revision) });

/** The number and what is said of an event. */
function heard(text: string) {
  const [, id = "", data = "{}"] = /^id: (\d+)\ndata: (.*)\n\n$/.exec(text) ?? [];
  const { kind, run: of } = JSON.parse(data);
  return of === undefined ? [Number(id), kind] : [Number(id), kind, of.id, of.revision];
}

describe("A stream of events", () => {
  test("begins with everything, and numbers what comes", async () => {
    const { emit, read } = opened();
    expect(await read()).toMatch(/^retry: \d+\n\n$/);
    expect(heard(await read())).toEqual([1, "all"]);
    emit(run("a", 1));
    expect(heard(await read())).toEqual([2, "run", "a", 1]);
    emit({ kind: "steering", client: "page-2" });
    emit({ kind: "discarded", id: "a" });
    expect(heard(await read())).toEqual([3, "steering"]);
    expect(heard(await read())).toEqual([4, "discarded"]);
  });

  test("keeps of each run the newest for a reader that is slow", async () => {
    const { emit, read } = opened();
    await read();
    await read();
    const next = read();
    for (let revision = 1; revision <= 1000; revision++) {
      emit(run("a", revision));
      emit(run("b", revision));
    }
    expect(heard(await next)).toEqual([2, "run", "a", 1000]);
    expect(heard(await read())).toEqual([3, "run", "b", 1000]);
  });

  test("forgets a run that is discarded meanwhile", async () => {
    const { emit, read } = opened();
    await read();
    await read();
    emit(run("a", 1));
    emit({ kind: "discarded", id: "a" });
    expect(heard(await read())).toEqual([2, "discarded"]);
  });

  test("begins anew with everything where too much was missed, and watches nothing until then", async () => {
    const { studio, emit, read } = opened({ most: 3 });
    await read();
    await read();
    const last = read();
    for (const id of ["a", "b", "c", "d", "e"]) emit(run(id, 1));
    expect(studio.listeners.size).toBeLessThanOrEqual(1);
    expect(heard(await last)).toEqual([2, "all"]);
  });

  test("shows signs of life while nothing happens", async () => {
    const { read } = opened({ heartbeat: 1 });
    await read();
    await read();
    expect(await read()).toBe(":\n\n");
  });

  test("watches no more once its reader is gone, or the studio ends", async () => {
    const left = opened();
    await left.read();
    await left.read();
    await left.reader.cancel();
    expect(left.studio.listeners.size).toBe(0);

    const ended = opened();
    await ended.read();
    await ended.read();
    const last = ended.read();
    ended.controller.abort();
    expect(await last).toBe("end");
    expect(ended.studio.listeners.size).toBe(0);
  });
});

describe("A server of events", () => {
  let server: FakeServer;
  beforeAll(async () => {
    server = await startFakeServer();
  });
  afterAll(() => server.close());

  const emit = (event: StudioEvent): void => {
    for (const listener of server.studio.listeners) listener(event);
  };

  /** A connection that asks for events and reads nothing. */
  function silentClient(): Socket {
    const socket = connect(server.port, "127.0.0.1");
    socket.pause();
    const lines = Object.entries({ Host: `127.0.0.1:${server.port}`, ...server.headers });
    socket.write(`GET /api/events HTTP/1.1\r\n${lines.map((line) => `${line.join(": ")}\r\n`).join("")}\r\n`);
    return socket;
  }

  test("sends them as they are, and stops when the client goes", async () => {
    const controller = new AbortController();
    const answer = await server.ask("/api/events?client=page-3", { signal: controller.signal });
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes('"all"')) text += (await reader?.read())?.value ?? "";
    expect(text).toContain("id: 1\ndata: ");
    controller.abort();
    await vi.waitFor(() => expect(server.studio.listeners.size).toBe(0), PATIENCE);
  });

  test("is held up by nobody who stops reading, and tells them only what is new when they read again", async () => {
    const silent = Array.from({ length: 5 }, silentClient);
    await vi.waitFor(() => expect(server.studio.listeners.size).toBe(silent.length), PATIENCE);
    const large = "x".repeat(100_000);
    for (let revision = 1; revision <= 2000; revision++) {
      emit({ kind: "run", run: plainRun("a", revision, large) });
      if (revision % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await server.ask("/api/runs")).status).toBe(200);
    const [one] = silent;
    let revisions: readonly string[] = [];
    let rest = "";
    one?.setEncoding("latin1").on("data", (text: string) => {
      const found = [...(rest + text).matchAll(/"revision":(\d+),/g)];
      revisions = [...revisions, ...found.map(([, revision = ""]) => revision)];
      rest = found.length > 0 ? "" : (rest + text).slice(-100);
    });
    one?.resume();
    await vi.waitFor(() => expect(revisions.at(-1)).toBe("2000"), PATIENCE);
    // What the system had room for, and the last.
    expect(revisions.length).toBeLessThan(500);
    for (const socket of silent) socket.destroy();
    await vi.waitFor(() => expect(server.studio.listeners.size).toBe(0), PATIENCE);
  });

  test("answers as ever with 200 connections that say nothing, and 200 that begin and do not go on", async () => {
    const idle = await Promise.all(
      Array.from(
        { length: 400 },
        (_, index) =>
          new Promise<Socket>((resolve, reject) => {
            const socket = connect(server.port, "127.0.0.1");
            socket.on("error", reject);
            socket.on("connect", () => {
              if (index % 2 === 0) socket.write("POST /api/runs HTTP/1.1\r\nHost: ");
              resolve(socket);
            });
          }),
      ),
    );
    for (let times = 0; times < 5; times++) expect((await server.ask("/api/runs")).status).toBe(200);
    for (const socket of idle) socket.destroy();
  });
});
