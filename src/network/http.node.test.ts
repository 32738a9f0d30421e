import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, answering, content, honest, listen, Mirror, serve } from "../../test/mirror.ts";
import { MisuseError } from "../errors.ts";

describe("asking for a file", () => {
  let mirror: Mirror;
  beforeEach(async () => {
    mirror = await Mirror.start();
  });
  afterEach(() => mirror.stop());

  it("goes where an answer points, with the range, and not for ever", async () => {
    const pointing: Answer = (_, response) =>
      response.writeHead(302, { location: "/elsewhere" }).end("there");
    mirror.answers = [pointing, honest];
    await mirror.leavePart(content.subarray(0, 1000));
    await mirror.expectFetched(mirror.run());
    expect(mirror.requests[1]).toEqual({ url: "/elsewhere", range: "bytes=1000-" });
    await rm(mirror.path);
    mirror.answers = [pointing];
    expect(await mirror.failure()).toMatch(/it points elsewhere again and again/);
    expect(mirror.requests).toHaveLength(8);
  });

  it("signs in with the name and password of a mirror, tells them to nobody else and shows them nowhere", async () => {
    const secretly = mirror.base.replace("//", "//name:pass%20word@");
    const login = `Basic ${Buffer.from("name:pass word").toString("base64")}`;
    const other = createServer((request, response) => {
      mirror.headers.push(request.headers);
      serve(request, response, content);
    });
    const elsewhere = await listen(other);
    mirror.answers = [
      (_, response) => response.writeHead(302, { location: "/inside" }).end(),
      (_, response) => response.writeHead(302, { location: `http://${elsewhere}/?token=secret` }).end(),
    ];
    await mirror.expectFetched(mirror.run({ mirrors: [secretly] }));
    other.close();
    expect(mirror.headers.map(({ authorization }) => authorization)).toEqual([login, login, undefined]);
    await rm(mirror.path);
    mirror.answers = [answering(503)];
    const notes: string[] = [];
    const shown = await mirror.failure({
      mirrors: [`${secretly}?token=secret`],
      attempts: 2,
      onNote: (sentence) => notes.push(sentence),
    });
    expect(`${shown} ${notes.join(" ")}`).not.toMatch(/name:|pass|secret/);
    const wrong = mirror.run({ mirrors: ["ftp://name:password@host/?secret"] });
    await expect(wrong).rejects.toThrow('received "ftp://host/"');
  });

  it("does not sign in again where another one points back", async () => {
    const away = createServer((_, response) =>
      response.writeHead(302, { location: `${mirror.base}chosen-elsewhere` }).end(),
    );
    const elsewhere = await listen(away);
    mirror.answers = [
      (_, response) => response.writeHead(302, { location: `http://${elsewhere}/` }).end(),
      honest,
    ];
    await mirror.expectFetched(mirror.run({ mirrors: [mirror.base.replace("//", "//name:password@")] }));
    away.close();
    const login = `Basic ${Buffer.from("name:password").toString("base64")}`;
    expect(mirror.headers.map(({ authorization }) => authorization)).toEqual([login, undefined]);
    expect(mirror.requests[1]?.url).toBe("/chosen-elsewhere");
  });

  describe("through a proxy", () => {
    let proxy: Server;
    let address = "";
    let proxied: string[] = [];
    beforeEach(async () => {
      proxied = [];
      proxy = createServer((request, response) => {
        proxied.push(
          `${request.method} ${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim(),
        );
        serve(request, response, content);
      });
      proxy.on("connect", ({ method, url }, socket) => {
        proxied.push(`${method} ${url}`);
        socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      });
      address = await listen(proxy);
    });
    afterEach(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    const mirrors = ["http://mirror.invalid/"];

    it.each(["HTTP_PROXY", "http_proxy"])("that %s names, with its name and password", async (name) => {
      await mirror.expectFetched(mirror.run({ mirrors, env: { [name]: `http://me:pass@${address}` } }));
      const login = Buffer.from("me:pass").toString("base64");
      expect(proxied).toEqual([`GET http://mirror.invalid/weights.h5 Basic ${login}`]);
    });

    it("for https by a tunnel, as HTTPS_PROXY says, be it an address or a host alone", async () => {
      for (const value of [address, `http://me:secret@${address}`]) {
        proxied = [];
        const secure = { mirrors: ["https://mirror.invalid/"], env: { HTTPS_PROXY: value }, attempts: 1 };
        const message = await mirror.failure(secure);
        expect(message).toMatch(/https:\/\/mirror\.invalid\/weights\.h5: the connection failed: .*403/);
        expect(message).not.toContain("secret");
        expect(proxied).toEqual(["CONNECT mirror.invalid:443"]);
      }
    });

    it("but not where NO_PROXY says so", async () => {
      mirror.answers = [honest];
      await mirror.expectFetched(
        mirror.run({ env: { HTTP_PROXY: `http://${address}`, NO_PROXY: "example.org,127.0.0.1" } }),
      );
      expect(proxied).toEqual([]);
    });

    it("unless its address cannot be understood", async () => {
      const wrong = mirror.run({ env: { HTTPS_PROXY: "gopher://me:secret@host" } });
      await expect(wrong).rejects.toThrow(MisuseError);
      await expect(wrong).rejects.toThrow(
        /http or https proxy in HTTPS_PROXY but received "gopher:\/\/host"/,
      );
    });
  });
});
