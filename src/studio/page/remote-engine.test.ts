/** The engine over HTTP: which request each method makes, and what becomes of refusals and events. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { StudioEvent } from "../engine.ts";
import { remoteEngine } from "./remote-engine.ts";
import { runOf } from "./state/test-bench.ts";

class Source extends EventTarget {
  static opened: Source[] = [];
  static readonly CLOSED = 2;
  readyState = 1;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    Source.opened.push(this);
  }

  close(): void {
    this.readyState = Source.CLOSED;
  }

  say(event: StudioEvent): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(event) }));
  }
}

const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
const look = (visibilityState: string): void => {
  page.visibilityState = visibilityState;
  page.dispatchEvent(new Event("visibilitychange"));
};

beforeEach(() => {
  Source.opened = [];
  page.visibilityState = "visible";
  vi.stubGlobal("document", page);
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("sessionStorage", {
    getItem: () => "me",
    setItem: () => undefined,
    removeItem: () => undefined,
  });
  vi.stubGlobal("EventSource", Source);
});
afterEach(() => vi.unstubAllGlobals());

const answering = (answer: () => Response) => {
  const fetched = vi.fn(async (_url: string, _request: RequestInit) => answer());
  vi.stubGlobal("fetch", fetched);
  return fetched;
};

describe("The engine over HTTP", () => {
  test("asks by the routes of the server, and says which page it is", async () => {
    const fetched = answering(() => Response.json({}));
    const engine = remoteEngine();
    await engine.about();
    await engine.steer("a/b", { strength: 0.5 });
    await engine.addPicture(new Blob(["x"]), "ä b.png");
    await engine.discard("r1");
    await engine.remove("r1", "v1", true);
    await engine.picture("p", 96);
    const asked = fetched.mock.calls.map(([url, { method = "GET", body }]) => [
      method,
      url,
      body instanceof Blob ? "bytes" : body,
    ]);
    expect(asked).toEqual([
      ["GET", "/api/about", undefined],
      ["POST", "/api/runs/a%2Fb/steer", '{"strength":0.5}'],
      ["PUT", "/api/pictures?name=%C3%A4%20b.png", "bytes"],
      ["DELETE", "/api/runs/r1", undefined],
      ["POST", "/api/runs/r1/versions/v1/remove", '{"removed":true}'],
      ["GET", "/api/pictures/p?longest=96", undefined],
    ]);
    expect(fetched.mock.calls[2]?.[1].headers).toEqual({
      "X-Impasto-Client": "me",
      "Content-Type": "application/octet-stream",
    });
  });

  test("a refusal is an error with what the server said; no answer is one as well", async () => {
    const failure = { message: "Too large.", lacks: "memory", longestSide: 384 };
    answering(() => Response.json(failure, { status: 400 }));
    await expect(remoteEngine().about()).rejects.toMatchObject({ message: "Too large.", failure });
    answering(() => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    await expect(remoteEngine().about()).rejects.toThrow("The studio answered 502 Bad Gateway.");
    answering(() => {
      throw new TypeError("fetch failed");
    });
    await expect(remoteEngine().about()).rejects.toThrow("The studio does not answer.");
  });

  test("a hidden page listens only while it steers a run, and listens again when it is seen", () => {
    const heard: string[] = [];
    const end = remoteEngine().watch(({ kind }) => void heard.push(kind));
    const [first] = Source.opened;
    const request = { content: "", styles: [], options: {} };
    first?.say({ kind: "all", runs: [runOf("r1", request)], steering: "me" });
    look("hidden");
    expect(first?.readyState).toBe(1);
    first?.say({ kind: "run", run: { ...runOf("r1", request), status: "finished" } });
    expect(first?.readyState).toBe(Source.CLOSED);
    look("visible");
    expect(Source.opened).toHaveLength(2);
    end();
    expect(Source.opened[1]?.readyState).toBe(Source.CLOSED);
    expect(heard).toEqual(["all", "run"]);
  });

  test("a broken connection is told, and one that the server refused is tried again", () => {
    vi.useFakeTimers();
    const heard: unknown[] = [];
    remoteEngine().watch((event) => void heard.push(event));
    const [first] = Source.opened;
    first?.close();
    first?.dispatchEvent(new Event("error"));
    vi.advanceTimersByTime(2000);
    vi.useRealTimers();
    expect(heard).toEqual([{ kind: "connection", connected: false }]);
    expect(Source.opened).toHaveLength(2);
  });
});
