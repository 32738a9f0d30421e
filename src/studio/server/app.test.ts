/** What each address of the server comes to: a call of the studio's engine, by the page that asks. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FakeServer, startFakeServer } from "../../../test/studio/fake-studio.ts";
import { ImpastoError, MisuseError } from "../../errors.ts";
import { OtherPageError } from "../helm.ts";

let server: FakeServer;
beforeAll(async () => {
  server = await startFakeServer();
});
beforeEach(() => server.studio.calls.splice(0));
afterAll(() => server.close());

const json = (value: unknown): RequestInit => ({
  method: "POST",
  body: JSON.stringify(value),
  headers: { "Content-Type": "application/json" },
});

const picture = "a".repeat(64);
const request = { content: picture, styles: [{ id: picture, weight: 1 }], options: {} };
/** With what the schema fills in. */
const filledIn = { ...request, options: expect.objectContaining({ preset: "impasto", network: "auto" }) };

test.each([
  ["GET", "about", undefined, ["about"]],
  ["GET", "runs", undefined, ["runs"]],
  ["GET", "runs/r-1/losses", undefined, ["losses", "r-1"]],
  ["GET", "runs/r-1/preview", undefined, ["preview", "r-1"]],
  ["GET", "runs/r-1/versions/v_2/picture", undefined, ["versionPicture", "r-1", "v_2"]],
  ["GET", `pictures/${picture}?longest=300`, undefined, ["picture", picture, 300]],
  ["POST", "estimate", request, ["estimate", filledIn]],
  ["POST", "runs", request, ["begin", filledIn]],
  ["POST", "runs/r-1/steer", { strength: 0.7 }, ["steer", "r-1", { strength: 0.7 }]],
  ["POST", "runs/r-1/keep", {}, ["keep", "r-1"]],
  ["POST", "runs/r-1/stop", {}, ["stop", "r-1"]],
  ["POST", "runs/r-1/resume", {}, ["resume", "r-1", undefined]],
  ["POST", "runs/r-1/resume", { version: "2" }, ["resume", "r-1", "2"]],
  ["DELETE", "runs/r-1", undefined, ["discard", "r-1"]],
  ["POST", "runs/r-1/versions/v-2/star", { starred: true }, ["star", "r-1", "v-2", true]],
  ["POST", "runs/r-1/versions/v-2/remove", { removed: false }, ["remove", "r-1", "v-2", false]],
  ["POST", "take-over", {}, ["takeOver"]],
  ["POST", "weights/fetch", {}, ["fetchWeights"]],
])("%s %s asks the studio just that, in the page's name", async (method, path, body, call) => {
  const answer = await server.ask(
    `/api/${path}`,
    body === undefined ? { method } : { ...json(body), method },
  );
  expect(answer.ok).toBe(true);
  expect(server.studio.calls).toEqual([["page-1", ...call]]);
});

describe("What comes back", () => {
  test("is what the studio said, as JSON", async () => {
    expect(await (await server.ask("/api/runs")).json()).toEqual([expect.objectContaining({ id: "first" })]);
  });

  test("is a picture, byte for byte, and said to be one", async () => {
    const answer = await server.ask("/api/runs/r-1/versions/v-2/picture");
    expect(await answer.text()).toBe("pixels");
    expect(answer.headers.get("content-type")).toBe("image/png");
    expect(answer.headers.get("content-length")).toBe("6");
  });

  test("is nothing where there is nothing to say", async () => {
    expect((await server.ask("/api/runs/r-1", { method: "DELETE" })).status).toBe(204);
  });
});

describe("A failure", () => {
  const failing = async (error: Error) => {
    server.studio.fail = error;
    const answer = await server.ask("/api/runs/r-1/keep", { method: "POST" });
    return { status: answer.status, said: await answer.json() };
  };

  test("is told in a sentence, and whose fault it was", async () => {
    expect(await failing(new MisuseError("There is no such run."))).toEqual({
      status: 400,
      said: { message: "There is no such run." },
    });
    expect(await failing(new ImpastoError("No weights.", { lacks: "weights" }))).toEqual({
      status: 500,
      said: { message: "No weights.", lacks: "weights" },
    });
    expect((await failing(new OtherPageError("Another page steers."))).status).toBe(409);
    expect(await failing(new Error("bad_alloc"))).toMatchObject({ status: 500, said: { lacks: "memory" } });
  });

  test("that nobody expected goes out without where it came from", async () => {
    const { status, said } = await failing(new TypeError("x is not a function\n    at /home/someone/x.js"));
    expect(status).toBe(500);
    expect(JSON.stringify(said)).not.toMatch(/someone|\bat\b/);
  });
});

test("A page that changes something says which it is; one that looks need not", async () => {
  const nameless = { ...server.headers, "X-Impasto-Client": "" };
  expect((await server.ask("/api/take-over", { method: "POST", headers: nameless })).status).toBe(400);
  expect(
    (await server.ask("/api/take-over", { method: "POST", headers: { "X-Impasto-Client": "a b" } })).status,
  ).toBe(400);
  const { "X-Impasto-Client": _, ...headers } = server.headers;
  expect((await fetch(`${server.origin}/api/runs?client=page-2`, { headers })).ok).toBe(true);
  expect(server.studio.calls).toEqual([["page-2", "runs"]]);
});

test("What is not there is told so", async () => {
  for (const path of ["/api", "/api/nothing", "/api/runs/r-1/sell", "/api/pictures/short", "/nothing"]) {
    const answer = await server.ask(path);
    expect({ status: answer.status, said: await answer.json() }).toEqual({
      status: 404,
      said: { message: expect.any(String) },
    });
  }
});
