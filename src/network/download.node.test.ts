import { randomBytes } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  answering,
  content,
  expected,
  honest,
  likeTheFile,
  Mirror,
  serve,
  truncating,
} from "../../test/mirror.ts";

describe("a download", () => {
  let mirror: Mirror;
  beforeEach(async () => {
    mirror = await Mirror.start();
  });
  afterEach(() => mirror.stop());

  it.each([
    ["the tag", { etag: '"first"' }, '"first"'],
    ["the date", { "last-modified": "Sat, 01 Jan 2022 00:00:00 GMT" }, "Sat, 01 Jan 2022 00:00:00 GMT"],
    ["no weak tag", { etag: 'W/"first"' }, undefined],
  ])("asks to go on with the version it has the part of, by %s", async (_, version, asked) => {
    mirror.answers = [truncating(100_000, content, version)];
    await mirror.failure({ attempts: 1 });
    mirror.answers = [honest];
    await mirror.run();
    expect(mirror.headers[1]?.["if-range"]).toBe(asked);
    expect(await readdir(mirror.folder)).toEqual([expected.name]);
  });

  it("fetches a file once that changed while the download was broken off", async () => {
    mirror.answers = [
      truncating(100_000, likeTheFile(), { etag: '"old"' }),
      (request, response) => serve(request, response, content, '"new"'),
    ];
    await mirror.expectFetched(mirror.run());
    expect(mirror.requests.map(({ range }) => range)).toEqual([
      undefined,
      expect.stringMatching(/^bytes=\d+-$/),
    ]);
  });

  it("does not take the version of one mirror for that of another", async () => {
    mirror.answers = [truncating(100_000, content, { etag: '"first"' }), honest];
    await mirror.expectFetched(
      mirror.run({ mirrors: [`${mirror.base}first`, `${mirror.base}second`], attempts: 1 }),
    );
    expect(mirror.headers[1]).toMatchObject({ range: expect.stringMatching(/^bytes=/) });
    expect(mirror.headers[1]?.["if-range"]).toBeUndefined();
  });

  it.each<[string, Answer, RegExp]>([
    [
      "a sign-in page",
      (_, response) => {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        response.write("<!doctype html><title>Welcome");
        response.end(" to our network</title>");
      },
      /it answered with a web page instead of the file; is there a network to sign in to/,
    ],
    [
      "a page that does not say so",
      (_, response) => response.write("<html>Sign in", () => response.end()),
      /it sends something that does not begin as the file does/,
    ],
    [
      "a page in place of the rest",
      (_, response) =>
        void response
          .writeHead(206, {
            "content-type": "text/html",
            "content-range": `bytes 1000-${content.length - 1}/${content.length}`,
          })
          .end("<html>".repeat(50_000)),
      /a web page instead/,
    ],
    [
      "the rest of another file",
      (_, response) =>
        void response.writeHead(206, { "content-range": "bytes 1000-1999/2000" }).end(randomBytes(1000)),
      /it offers a file of 2000 bytes; expected 300000/,
    ],
    [
      "the file compressed",
      (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(content),
      /it sends the file as gzip/,
    ],
  ])("is not spoilt by %s", async (_, answer, message) => {
    mirror.answers = [answer];
    await mirror.leavePart(content.subarray(0, 1000));
    expect(await mirror.failure()).toMatch(message);
    expect(mirror.requests).toHaveLength(1);
    expect(await readFile(`${mirror.path}.part`)).toEqual(content.subarray(0, 1000));
    mirror.answers = [honest];
    await mirror.expectFetched(mirror.run());
    expect(mirror.requests[1]?.range).toBe("bytes=1000-");
  });

  it("does not go on with a part that is not of the file", async () => {
    mirror.answers = [honest];
    await mirror.leavePart(Buffer.from("<html>"));
    await mirror.expectFetched(mirror.run());
    expect(mirror.requests).toEqual([{ url: "/weights.h5", range: undefined }]);
  });

  it("starts over when the server ignores the range, or has nothing at it", async () => {
    mirror.answers = [(_, response) => response.end(content)];
    await mirror.leavePart(content.subarray(0, 1000));
    await mirror.expectFetched(mirror.run());
    expect(mirror.requests).toEqual([{ url: "/weights.h5", range: "bytes=1000-" }]);
    await rm(mirror.path);
    mirror.answers = [answering(416), honest];
    await mirror.leavePart(content.subarray(0, 1000));
    await mirror.expectFetched(mirror.run());
    expect(mirror.requests.at(-1)?.range).toBeUndefined();
  });

  it("starts over when the part turns out to be of another file, or too long", async () => {
    mirror.answers = [honest];
    for (const size of [1000, content.length, content.length + 1]) {
      await mirror.leavePart(Buffer.concat([likeTheFile(), Buffer.alloc(1)]).subarray(0, size));
      await mirror.expectFetched(mirror.run());
      await rm(mirror.path);
    }
  });

  it("starts over when the server answers with another range", async () => {
    const shifted: Answer = (_, response) => {
      response
        .writeHead(206, { "content-range": `bytes 0-9/${content.length}` })
        .end(content.subarray(0, 10));
    };
    mirror.answers = [shifted, honest];
    await mirror.leavePart(content.subarray(0, 1000));
    await mirror.expectFetched(mirror.run());
  });

  it("refuses a file of another length without downloading it", async () => {
    mirror.answers = [(_, response) => response.writeHead(200, { "content-length": 12 }).end("<html></html")];
    expect(await mirror.failure()).toMatch(/it offers a file of 12 bytes; expected 300000/);
    expect(mirror.requests.length).toBe(1);
    expect(await readdir(mirror.folder)).toEqual([]);
  });

  it("refuses a file that does not end", async () => {
    mirror.answers = [
      (_, response) => {
        const more = (): unknown => response.destroyed || response.write(content, () => setImmediate(more));
        more();
      },
    ];
    expect(await mirror.failure()).toMatch(/it sent more than the 300000 bytes expected/);
    expect(await readdir(mirror.folder)).toEqual([]);
  });

  it("refuses a shorter file of undeclared length, and keeps none of a wrong one", async () => {
    mirror.answers = [(_, response) => response.write(content.subarray(0, 50), () => response.end())];
    expect(await mirror.failure({ attempts: 1 })).toMatch(/it stopped after 50 of 300000 bytes/);
    await rm(mirror.folder, { recursive: true });
    mirror.answers = [(_, response) => response.end(likeTheFile())];
    expect(await mirror.failure()).toMatch(/its file is not the public one: MD5 \w{32}, expected \w{32}/);
    expect(await readdir(mirror.folder)).toEqual([]);
  });
});
