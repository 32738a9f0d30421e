/**
 * Who is let in and with what, line by line of what other tools were attacked by; over real connections, since browsers
 * and attackers differ in what they send.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FakeServer, startFakeServer } from "../../../test/studio/fake-studio.ts";
import { type Answer, rawRequest } from "../../../test/studio/raw-request.ts";
import { MOST_PICTURE } from "./app.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-security-"));
const page = join(root, "page");
let server: FakeServer;
beforeAll(async () => {
  mkdirSync(join(page, "assets"), { recursive: true });
  writeFileSync(join(page, "index.html"), "<title>The studio</title>");
  writeFileSync(join(page, "assets", "index-0aB_-9zZ.js"), "script");
  writeFileSync(join(root, "secret.html"), "secret");
  server = await startFakeServer(page);
});
beforeEach(() => server.studio.calls.splice(0));
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

/** A request of the page's own, but for what is given otherwise; what is undefined is left out. */
function ask(target: string, { method = "GET", body = [], ...headers }: Asked = {}): Promise<Answer> {
  const all: Record<string, string | undefined> = {
    Host: `127.0.0.1:${server.port}`,
    ...server.headers,
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return rawRequest(server.port, [`${method} ${target} HTTP/1.1`, ...lines], body);
}

type Asked = { readonly method?: string; readonly body?: Iterable<string | Uint8Array> } & {
  readonly [header: string]: unknown;
} & { readonly [Name in HeaderName]?: string | undefined };
type HeaderName =
  | "Host"
  | "Origin"
  | "Cookie"
  | "Sec-Fetch-Site"
  | "Content-Length"
  | "Content-Type"
  | "Transfer-Encoding";

describe("The name that a request is addressed to", () => {
  test.each([
    ["a foreign one that leads here", "evil.example"],
    ["a foreign one with the port", "evil.example:7860"],
    ["ours without the port", "127.0.0.1"],
    ["ours with another port", "127.0.0.1:1"],
    ["one that begins as ours does", "127.0.0.1.evil.example"],
    ["every address", "0.0.0.0"],
    ["none", ""],
  ])("has to be the studio's own, for looking as well: not %s", async (_, Host) => {
    expect((await ask("/api/runs", { Host })).status).toBe(403);
    expect((await ask("/", { Host })).status).toBe(403);
    expect((await ask("/api/take-over", { method: "POST", Host, Origin: `http://${Host}` })).status).toBe(
      403,
    );
    expect(server.studio.calls).toEqual([]);
  });

  test("may be any by which this machine knows itself", async () => {
    for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
      expect((await ask("/api/runs", { Host: `${name}:${server.port}` })).status).toBe(200);
    }
  });

  test("is refused where there are two, or none", async () => {
    const lines = [
      "GET /api/runs HTTP/1.1",
      `Host: 127.0.0.1:${server.port}`,
      `Cookie: ${server.headers.Cookie}`,
    ];
    expect((await rawRequest(server.port, lines)).status).toBe(200);
    expect((await rawRequest(server.port, [...lines, "Host: evil.example"])).status).toBeGreaterThanOrEqual(
      400,
    );
    expect((await rawRequest(server.port, ["GET /api/runs HTTP/1.1"])).status).toBe(400);
    expect(
      (await rawRequest(server.port, [`GET http://evil.example/api/runs HTTP/1.1`, ...lines.slice(1)]))
        .status,
    ).toBe(404);
  });
});

describe("What changes something", () => {
  const change = (headers: Asked) => ask("/api/take-over", { method: "POST", ...headers });

  test("is done for the studio's own page", async () => {
    expect((await change({})).status).toBe(204);
    // Browsers that are older say less.
    expect((await change({ "Sec-Fetch-Site": undefined })).status).toBe(204);
    expect(server.studio.calls).toEqual([
      ["page-1", "takeOver"],
      ["page-1", "takeOver"],
    ]);
  });

  test.each([
    ["of nobody", { Origin: undefined }],
    ["of nobody, though it says that it is ours", { Origin: undefined, "Sec-Fetch-Site": "same-origin" }],
    ["of a page in a sandbox", { Origin: "null" }],
    ["of a foreign page", { Origin: "http://evil.example" }],
    ["of another server on this machine", { Origin: "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site" }],
    ["of the same name in another way", { Origin: "https://127.0.0.1:7860" }],
    ["from another site by what the browser says", { "Sec-Fetch-Site": "cross-site" }],
    ["from the same site, but not from here", { "Sec-Fetch-Site": "same-site" }],
    ["typed by hand, as it were", { "Sec-Fetch-Site": "none" }],
  ])("is refused to a page %s", async (_, headers) => {
    expect((await change(headers)).status).toBe(403);
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
      expect((await ask("/api/pictures", { method, ...headers })).status).toBe(403);
    }
    expect(server.studio.calls).toEqual([]);
  });

  test("has the origin of the very name that it is addressed to", async () => {
    const Host = `localhost:${server.port}`;
    expect((await change({ Host })).status).toBe(403);
    expect((await change({ Host, Origin: `http://${Host}` })).status).toBe(204);
  });

  test("is allowed to no other origin by a header of ours", async () => {
    const { head } = await ask("/api/runs", { method: "OPTIONS", Origin: "http://evil.example" });
    expect(head).not.toMatch(/access-control/i);
    expect((await ask("/api/runs", { Origin: server.origin })).head).not.toMatch(/access-control/i);
  });
});

test("What only looks is not shown to other servers on this machine, whose pages have the cookie", async () => {
  for (const site of ["same-site", "cross-site"]) {
    expect((await ask("/api/runs", { "Sec-Fetch-Site": site })).status).toBe(403);
  }
  expect((await ask("/api/runs", { "Sec-Fetch-Site": "none" })).status).toBe(200);
});

describe("Without having opened the printed address", () => {
  test.each([
    ["no cookie", undefined],
    ["a wrong one", (port: number) => `impasto-${port}=wrong`],
    ["that of another port", () => "impasto-1=secret"],
    ["one that is empty", (port: number) => `impasto-${port}=`],
  ])("nothing is to be seen with %s, but a sentence", async (_, cookie) => {
    const Cookie = cookie?.(server.port);
    const shown = await ask("/", { Cookie });
    expect(shown.status).toBe(403);
    expect(shown.body).toContain("Open the studio by the address that it printed");
    expect(shown.head).toContain("default-src 'self'");
    for (const target of ["/index.html", "/assets/index-0aB_-9zZ.js", "/api/about", "/api/events"]) {
      expect((await ask(target, { Cookie })).status).toBe(403);
    }
    const { status, body } = await ask("/api/about", { Cookie });
    expect({ status, said: JSON.parse(body) }).toEqual({
      status: 403,
      said: { message: expect.any(String) },
    });
    expect(server.studio.calls).toEqual([]);
  });

  test("its token is swapped for a cookie that no script reads and no other site has sent", async () => {
    const { status, head } = await ask(`/?token=${server.token}`, { Cookie: undefined, Origin: undefined });
    expect(status).toBe(303);
    expect(head).toMatch(/^Location: \/\r$/im);
    const [, cookie = "", attributes = ""] = /^Set-Cookie: ([^;]+); (.*)\r$/im.exec(head) ?? [];
    expect(attributes).toBe("Path=/; HttpOnly; SameSite=Strict");
    expect((await ask("/", { Cookie: `other=1; ${cookie}` })).body).toContain("The studio");
  });

  test("a wrong token is of no use, and one of an earlier start harms nobody who was let in", async () => {
    for (const token of ["", "wrong", `${server.token}x`, server.token.slice(1)]) {
      const { status, head } = await ask(`/?token=${token}`, { Cookie: undefined });
      expect(status).toBe(403);
      expect(head).not.toMatch(/set-cookie/i);
    }
    expect((await ask("/?token=wrong")).status).toBe(303);
    expect((await ask(`/api/about?token=${server.token}`, { Cookie: undefined })).status).toBe(403);
  });
});

describe("Every answer", () => {
  test.each([
    ["of the page", "/", {}],
    ["of the engine", "/api/runs", {}],
    ["to what is not there", "/nothing", {}],
    ["to whom is not let in", "/", { Host: "evil.example" }],
  ])("%s says what a browser may do with it", async (_, target, headers) => {
    const { head } = await ask(target, headers);
    for (const line of [
      /^content-security-policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:;.* frame-ancestors 'none'\r?$/im,
      /^x-content-type-options: nosniff\r?$/im,
      /^cross-origin-opener-policy: same-origin\r?$/im,
      /^cross-origin-embedder-policy: require-corp\r?$/im,
      /^cross-origin-resource-policy: same-origin\r?$/im,
      /^referrer-policy: no-referrer\r?$/im,
    ]) {
      expect(head).toMatch(line);
    }
    expect(head).not.toMatch(/unsafe-inline|'unsafe-eval'/);
  });

  test("of the engine is kept nowhere", async () => {
    expect((await ask("/api/runs")).head).toMatch(/^cache-control: no-store\r?$/im);
  });
});

describe("Files", () => {
  test("of the page are there by their names", async () => {
    expect((await ask("/")).body).toBe("<title>The studio</title>");
    const { head, body } = await ask("/assets/index-0aB_-9zZ.js");
    expect(body).toBe("script");
    expect(head).toMatch(/^content-type: text\/javascript; charset=utf-8\r$/im);
    expect(head).toMatch(/immutable/);
  });

  test.each([
    "/../secret.html",
    "/assets/../../secret.html",
    "/..%2fsecret.html",
    "/%2e%2e/secret.html",
    "/assets/..%5C..%5Csecret.html",
    "/assets/%5C../secret.html",
    "/..\\secret.html",
    "//secret.html",
    "/./index.html",
    "/index.html%00.js",
    "/.session",
    "/api/../index.html",
    "/api/pictures/..%2f..%2fsecret.html",
    "/api/runs/..%2f..%2fx/preview",
    "/api/runs/a/versions/..%5Cb/picture",
  ])("are not there by any other: %s", async (target) => {
    expect((await ask(target)).status).toBe(404);
    expect(server.studio.calls).toEqual([]);
  });
});

/** The options of a request to begin, as a page would send them. */
const begin = (options: object, more: object = {}) => {
  const styles = [{ id: "b".repeat(64), weight: 1 }];
  return ask("/api/runs", { ...json({ content: "a".repeat(64), styles, options, ...more }), method: "POST" });
};

const json = (value: unknown) => {
  const text = JSON.stringify(value);
  return { "Content-Type": "application/json", "Content-Length": String(text.length), body: [text] };
};

describe("What is to be painted", () => {
  test("is taken as a page may ask for it", async () => {
    expect((await begin({ size: 256, network: "built-in" })).status).toBe(200);
  });

  test.each([
    ["a network that is a file", { network: "/etc/passwd" }],
    ["a start that is a file", { init: "../secret.png" }],
    ["a size without end", { size: 128_000 }],
    ["evaluations without end", { iterations: 1_000_000 }],
    ["threads", { threads: 1000 }],
    ["memory", { memory: "1TB" }],
    ["another device", { device: "cuda" }],
    ["what nobody knows", { command: "rm" }],
  ])("names no file and does not tie up the machine: %s", async (_, options) => {
    const { status, body } = await begin(options);
    expect({ status, said: JSON.parse(body) }).toEqual({
      status: 400,
      said: { message: expect.any(String) },
    });
    expect(server.studio.calls).toEqual([]);
  });

  test.each([
    ["a path", { content: "../../etc/passwd" }],
    ["many paintings", { styles: Array.from({ length: 17 }, () => ({ id: "b".repeat(64), weight: 1 })) }],
    ["a mask that is a path", { styles: [{ id: "b".repeat(64), weight: 1, mask: "masks/a.png" }] }],
  ])("names pictures as the studio did: not %s", async (_, more) => {
    expect((await begin({}, more)).status).toBe(400);
    expect(server.studio.calls).toEqual([]);
  });

  test("is asked for in a few words of JSON", async () => {
    expect((await begin({ ignored: "x".repeat(70_000) })).status).toBe(413);
    const form = { ...json({}), "Content-Type": "text/plain", method: "POST" };
    expect((await ask("/api/runs", form)).status).toBe(415);
    expect((await ask("/api/runs", { ...json({}), method: "POST", body: ["{]"] })).status).toBe(400);
  });
});

/** Megabytes, as they are sent without saying before how many. */
function* chunks(count: number): Generator<string | Uint8Array> {
  const megabyte = new Uint8Array(1e6);
  for (let sent = 0; sent < count; sent++) {
    yield `${megabyte.length.toString(16)}\r\n`;
    yield megabyte;
    yield "\r\n";
  }
  yield "0\r\n\r\n";
}

describe("A file that is given", () => {
  const bytes = { method: "PUT", "Content-Type": "application/octet-stream" };

  test("is taken up to its limit, under its name without folders", async () => {
    const name = encodeURIComponent("../../a\u0000 cat\u202e.png");
    const { status } = await ask(`/api/pictures?name=${name}`, {
      ...bytes,
      "Content-Length": "3",
      body: ["cat"],
    });
    expect(status).toBe(200);
    expect(server.studio.calls).toEqual([["page-1", "addPicture", expect.any(Blob), "a cat.png"]]);
  });

  test("is refused beyond it, with a length and without", async () => {
    const stated = { ...bytes, "Content-Length": String(MOST_PICTURE + 1) };
    expect((await ask("/api/pictures?name=a.png", stated)).status).toBe(413);
    const chunked = { ...bytes, "Transfer-Encoding": "chunked", body: chunks(65) };
    expect((await ask("/api/pictures?name=a.png", chunked)).status).toBe(413);
    expect(server.studio.calls).toEqual([]);
  });

  test("is no form of another page", async () => {
    const form = { ...bytes, "Content-Type": "multipart/form-data", "Content-Length": "3", body: ["cat"] };
    expect((await ask("/api/pictures?name=a.png", form)).status).toBe(415);
  });

  test("that is large is on the disk while it comes, and not after", async () => {
    const weights = { ...bytes, "Transfer-Encoding": "chunked", body: chunks(70) };
    expect((await ask("/api/weights?name=vgg19.h5", weights)).status).toBe(204);
    expect(server.studio.calls).toEqual([["page-1", "addWeights", expect.any(Blob), "vgg19.h5"]]);
    const [, , file] = server.studio.calls[0] ?? [];
    expect(file instanceof Blob && file.size).toBe(70e6);
    const tooMuch = { ...bytes, "Content-Length": "2000000000" };
    expect((await ask("/api/weights?name=vgg19.h5", tooMuch)).status).toBe(413);
    expect(readdirSync(server.folder)).toEqual([]);
  });
});
