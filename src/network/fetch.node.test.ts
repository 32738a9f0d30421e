import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ImpastoError, MisuseError } from "../errors.ts";
import type { DownloadProgress } from "./download.node.ts";
import { type FetchedWeights, type FetchWeightsOptions, fetchWeights, PUBLIC_WEIGHTS } from "./fetch.node.ts";
import { SIGNATURE } from "./hdf5/objects.ts";

/** As long as the file, and as HDF5 as it is. */
const likeTheFile = (): Buffer => Buffer.concat([SIGNATURE, randomBytes(299_992)]);
const content = likeTheFile();
const expected = {
  name: "weights.h5",
  signature: SIGNATURE,
  size: content.length,
  md5: createHash("md5").update(content).digest("hex"),
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An honest server, which understands ranges. */
const honest: Answer = (request, response) => {
  serve(request, response, content);
};
/** Understands ranges, and, where the version of the file has a name, that they are of another version. */
function serve(request: IncomingMessage, response: ServerResponse, file: Buffer, etag?: string): void {
  const { range = "", "if-range": wanted = etag } = request.headers;
  const [, from] = (wanted === etag && /^bytes=(\d+)-$/.exec(range)) || [];
  const rest = file.subarray(Number(from ?? 0));
  response
    .writeHead(from ? 206 : 200, {
      "content-length": rest.length,
      ...(etag && { etag }),
      ...(from && { "content-range": `bytes ${from}-${file.length - 1}/${file.length}` }),
    })
    .end(rest);
}
const answering =
  (status: number): Answer =>
  (_, response) =>
    response.writeHead(status).end("no");
/** Promises the whole file and hangs up after some bytes. */
const truncating =
  (bytes: number, file = content, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) => {
    response.writeHead(200, { "content-length": file.length, ...headers });
    response.write(file.subarray(0, bytes), () => response.destroy());
  };

describe("fetching the weights", () => {
  let folder = "";
  let base = "";
  let server: Server;
  let answers: Answer[] = [];
  let requests: { url: string; range: string | undefined }[] = [];
  let headers: IncomingMessage["headers"][] = [];

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "impasto-fetch-")), "cache");
    requests = [];
    headers = [];
    // The last answer is repeated for all further requests.
    server = createServer((request, response) => {
      requests.push({ url: request.url ?? "", range: request.headers.range });
      headers.push(request.headers);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(request, response);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(join(folder, ".."), { recursive: true, force: true });
  });

  const run = (options: Partial<FetchWeightsOptions> = {}): Promise<FetchedWeights> =>
    fetchWeights({
      cacheFolder: folder,
      mirrors: [base],
      env: {},
      expected,
      backoff: 5,
      stallTimeout: 300,
      ...options,
    });
  const failure = async (options: Partial<FetchWeightsOptions> = {}): Promise<string> => {
    const error: unknown = await run(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ImpastoError);
    return error instanceof Error ? error.message : "";
  };
  const path = (): string => join(folder, expected.name);
  const expectFetched = async (promise: Promise<FetchedWeights>): Promise<void> => {
    expect(await promise).toEqual({ path: path(), downloaded: true });
    expect(content.equals(await readFile(path()))).toBe(true);
    expect(await readdir(folder)).toEqual([expected.name]);
  };
  const leavePart = async (part: Uint8Array, name = `${expected.name}.part`): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), part);
  };

  it("puts the file in place, tells of its progress, and does not download it twice", async () => {
    answers = [honest];
    const events: DownloadProgress[] = [];
    await expectFetched(run({ onProgress: (progress) => events.push(progress) }));
    expect(events[0]).toEqual({ received: 0, total: content.length });
    expect(events.at(-1)).toEqual({ received: content.length, total: content.length });
    expect(await run()).toEqual({ path: path(), downloaded: false });
    expect(requests).toEqual([{ url: "/weights.h5", range: undefined }]);
  });

  it("replaces a file that is not the right one", async () => {
    answers = [honest];
    await leavePart(randomBytes(content.length), expected.name);
    await expectFetched(run());
  });

  it("goes on where a broken download stopped, in the same run, and says why it waits", async () => {
    answers = [truncating(100_000), honest];
    const notes: string[] = [];
    await expectFetched(run({ onNote: (sentence) => notes.push(sentence) }));
    expect(notes).toEqual([
      expect.stringMatching(/^Fetching weights\.h5 from 127\.0\.0\.1:\d+\.$/),
      expect.stringMatching(
        /^The download from 127\.0\.0\.1:\d+ broke off: (the connection failed|it stopped).*\. Trying again in 0\.005 s \(2 of 4\)\.$/,
      ),
    ]);
    expect(requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it("goes on where a broken download stopped, in a later run", async () => {
    answers = [truncating(100_000)];
    expect(await failure({ attempts: 1 })).toMatch(
      /could not be downloaded .*name a mirror in IMPASTO_WEIGHTS_MIRROR/,
    );
    expect(await readdir(folder)).toEqual(["weights.h5.part"]);
    answers = [honest];
    await expectFetched(run());
    expect(requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it.each([
    ["the tag", { etag: '"first"' }, '"first"'],
    ["the date", { "last-modified": "Sat, 01 Jan 2022 00:00:00 GMT" }, "Sat, 01 Jan 2022 00:00:00 GMT"],
    ["no weak tag", { etag: 'W/"first"' }, undefined],
  ])("asks to go on with the version it has the part of, by %s", async (_, version, asked) => {
    answers = [truncating(100_000, content, version)];
    await failure({ attempts: 1 });
    answers = [honest];
    await run();
    expect(headers[1]?.["if-range"]).toBe(asked);
    expect(await readdir(folder)).toEqual([expected.name]);
  });

  it("fetches a file once that changed while the download was broken off", async () => {
    answers = [
      truncating(100_000, likeTheFile(), { etag: '"old"' }),
      (request, response) => serve(request, response, content, '"new"'),
    ];
    await expectFetched(run());
    expect(requests.map(({ range }) => range)).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
  });

  it("does not take the version of one mirror for that of another", async () => {
    answers = [truncating(100_000, content, { etag: '"first"' }), honest];
    await expectFetched(run({ mirrors: [`${base}first`, `${base}second`], attempts: 1 }));
    expect(headers[1]).toMatchObject({ range: expect.stringMatching(/^bytes=/) });
    expect(headers[1]?.["if-range"]).toBeUndefined();
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
    answers = [answer];
    await leavePart(content.subarray(0, 1000));
    expect(await failure()).toMatch(message);
    expect(requests).toHaveLength(1);
    expect(await readFile(`${path()}.part`)).toEqual(content.subarray(0, 1000));
    answers = [honest];
    await expectFetched(run());
    expect(requests[1]?.range).toBe("bytes=1000-");
  });

  it("does not go on with a part that is not of the file", async () => {
    answers = [honest];
    await leavePart(Buffer.from("<html>"));
    await expectFetched(run());
    expect(requests).toEqual([{ url: "/weights.h5", range: undefined }]);
  });

  it("starts over when the server ignores the range, or has nothing at it", async () => {
    answers = [(_, response) => response.end(content)];
    await leavePart(content.subarray(0, 1000));
    await expectFetched(run());
    expect(requests).toEqual([{ url: "/weights.h5", range: "bytes=1000-" }]);
    await rm(path());
    answers = [answering(416), honest];
    await leavePart(content.subarray(0, 1000));
    await expectFetched(run());
    expect(requests.at(-1)?.range).toBeUndefined();
  });

  it("starts over when the part turns out to be of another file, or too long", async () => {
    answers = [honest];
    for (const size of [1000, content.length, content.length + 1]) {
      await leavePart(Buffer.concat([likeTheFile(), Buffer.alloc(1)]).subarray(0, size));
      await expectFetched(run());
      await rm(path());
    }
  });

  it("starts over when the server answers with another range", async () => {
    const shifted: Answer = (_, response) => {
      response
        .writeHead(206, { "content-range": `bytes 0-9/${content.length}` })
        .end(content.subarray(0, 10));
    };
    answers = [shifted, honest];
    await leavePart(content.subarray(0, 1000));
    await expectFetched(run());
  });

  it("gives a silent server up and tries again", async () => {
    answers = [
      () => undefined,
      (_, response) => {
        response.writeHead(200, { "content-length": content.length });
        response.write(content.subarray(0, 1000));
      },
      honest,
    ];
    await expectFetched(run());
    expect(requests[2]?.range).toBe("bytes=1000-");
    answers = [() => undefined];
    await rm(path());
    expect(await failure({ attempts: 1, stallTimeout: 50 })).toMatch(/nothing arrived for 0\.05 seconds/);
  });

  it("tries a troubled server again, and the next mirror after one without the file", async () => {
    answers = [answering(500), answering(503), honest];
    await expectFetched(run());
    await rm(path());
    answers = [answering(404), honest];
    requests = [];
    await expectFetched(run({ mirrors: [`${base}first`, `${base}second/weights.h5`] }));
    expect(requests.map(({ url }) => url)).toEqual(["/first/weights.h5", "/second/weights.h5"]);
  });

  it("says what each mirror answered and what can be done", async () => {
    answers = [answering(404), answering(500)];
    const message = await failure({ mirrors: [`${base}a/`, `${base}b/`], attempts: 2 });
    expect(message).toContain("/a/weights.h5: it answered 404 Not Found; ");
    expect(message).toContain("/b/weights.h5: it answered 500 Internal Server Error)");
    expect(message).toContain(`or download it by hand into ${folder}`);
    expect(requests.length).toBe(3);
    expect(await failure({ mirrors: ["http://127.0.0.1:1/"], attempts: 1 })).toMatch(
      /the connection failed: /,
    );
  });

  it("goes where an answer points, with the range, and not for ever", async () => {
    const pointing: Answer = (_, response) =>
      response.writeHead(302, { location: "/elsewhere" }).end("there");
    answers = [pointing, honest];
    await leavePart(content.subarray(0, 1000));
    await expectFetched(run());
    expect(requests[1]).toEqual({ url: "/elsewhere", range: "bytes=1000-" });
    await rm(path());
    answers = [pointing];
    expect(await failure()).toMatch(/it points elsewhere again and again/);
    expect(requests).toHaveLength(8);
  });

  it("signs in with the name and password of a mirror, tells them to nobody else and shows them nowhere", async () => {
    const secretly = base.replace("//", "//name:pass%20word@");
    const login = `Basic ${Buffer.from("name:pass word").toString("base64")}`;
    const other = createServer((request, response) => {
      headers.push(request.headers);
      serve(request, response, content);
    });
    await new Promise<void>((ready) => other.listen(0, "127.0.0.1", ready));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : 0;
    answers = [
      (_, response) => response.writeHead(302, { location: "/inside" }).end(),
      (_, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/?token=secret` }).end(),
    ];
    await expectFetched(run({ mirrors: [secretly] }));
    other.close();
    expect(headers.map(({ authorization }) => authorization)).toEqual([login, login, undefined]);
    await rm(path());
    answers = [answering(503)];
    const notes: string[] = [];
    const shown = await failure({
      mirrors: [`${secretly}?token=secret`],
      attempts: 2,
      onNote: (sentence) => notes.push(sentence),
    });
    expect(`${shown} ${notes.join(" ")}`).not.toMatch(/name:|pass|secret/);
    const wrong = run({ mirrors: ["ftp://name:password@host/?secret"] });
    await expect(wrong).rejects.toThrow('received "ftp://host/"');
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
      await new Promise<void>((ready) => proxy.listen(0, "127.0.0.1", ready));
      const at = proxy.address();
      address = `127.0.0.1:${typeof at === "object" ? at?.port : ""}`;
    });
    afterEach(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    const mirrors = ["http://mirror.invalid/"];

    it.each(["HTTP_PROXY", "http_proxy"])("that %s names, with its name and password", async (name) => {
      await expectFetched(run({ mirrors, env: { [name]: `http://me:pass@${address}` } }));
      const login = Buffer.from("me:pass").toString("base64");
      expect(proxied).toEqual([`GET http://mirror.invalid/weights.h5 Basic ${login}`]);
    });

    it("for https by a tunnel, as HTTPS_PROXY says, be it an address or a host alone", async () => {
      for (const value of [address, `http://me:secret@${address}`]) {
        proxied = [];
        const secure = { mirrors: ["https://mirror.invalid/"], env: { HTTPS_PROXY: value }, attempts: 1 };
        const message = await failure(secure);
        expect(message).toMatch(/https:\/\/mirror\.invalid\/weights\.h5: the connection failed: .*403/);
        expect(message).not.toContain("secret");
        expect(proxied).toEqual(["CONNECT mirror.invalid:443"]);
      }
    });

    it("but not where NO_PROXY says so", async () => {
      answers = [honest];
      await expectFetched(
        run({ env: { HTTP_PROXY: `http://${address}`, NO_PROXY: "example.org,127.0.0.1" } }),
      );
      expect(proxied).toEqual([]);
    });

    it("unless its address cannot be understood", async () => {
      const wrong = run({ env: { HTTPS_PROXY: "gopher://me:secret@host" } });
      await expect(wrong).rejects.toThrow(MisuseError);
      await expect(wrong).rejects.toThrow(
        /http or https proxy in HTTPS_PROXY but received "gopher:\/\/host"/,
      );
    });
  });

  it("refuses a file of another length without downloading it", async () => {
    answers = [(_, response) => response.writeHead(200, { "content-length": 12 }).end("<html></html")];
    expect(await failure()).toMatch(/it offers a file of 12 bytes; expected 300000/);
    expect(requests.length).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses a file that does not end", async () => {
    answers = [
      (_, response) => {
        const more = (): unknown => response.destroyed || response.write(content, () => setImmediate(more));
        more();
      },
    ];
    expect(await failure()).toMatch(/it sent more than the 300000 bytes expected/);
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses a shorter file of undeclared length, and keeps none of a wrong one", async () => {
    answers = [(_, response) => response.write(content.subarray(0, 50), () => response.end())];
    expect(await failure({ attempts: 1 })).toMatch(/it stopped after 50 of 300000 bytes/);
    await rm(folder, { recursive: true });
    answers = [(_, response) => response.end(likeTheFile())];
    expect(await failure()).toMatch(/its file is not the public one: MD5 \w{32}, expected \w{32}/);
    expect(await readdir(folder)).toEqual([]);
  });

  it("stops with the signal's reason and keeps what has arrived", async () => {
    answers = [
      (_, response) => {
        response.writeHead(200, { "content-length": content.length });
        response.write(content.subarray(0, 1000));
      },
    ];
    const controller = new AbortController();
    const reason = new Error("enough");
    const onProgress = ({ received }: DownloadProgress): void => {
      if (received > 0) controller.abort(reason);
    };
    await expect(run({ signal: controller.signal, onProgress, stallTimeout: 5000 })).rejects.toBe(reason);
    expect((await readFile(`${path()}.part`)).length).toBe(1000);
    await expect(run({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(requests.length).toBe(1);
  });

  it("is done once when it is asked for several times at once", async () => {
    answers = [honest];
    await leavePart(content.subarray(0, 1000));
    const notes: string[] = [];
    const onNote = (sentence: string): number => notes.push(sentence);
    const results = await Promise.all([run({ onNote }), run({ onNote }), run({ onNote })]);
    expect(results.map(({ downloaded }) => downloaded).sort()).toEqual([false, false, true]);
    await expectFetched(Promise.resolve({ path: path(), downloaded: true }));
    expect(requests).toHaveLength(1);
    expect(
      notes.filter((note) => /^Another process is fetching the same file; waiting/.test(note)),
    ).toHaveLength(2);
  });

  it("waits for another process, and no longer than that lives or the signal lets it", async () => {
    answers = [honest];
    const lock = `${path()}.lock`;
    await mkdir(lock, { recursive: true });
    const waiting = run();
    await sleep(50);
    await writeFile(path(), content);
    await rm(lock, { recursive: true });
    expect(await waiting).toEqual({ path: path(), downloaded: false });
    await rm(path());

    await mkdir(lock);
    const controller = new AbortController();
    const reason = new Error("enough");
    const onNote = (): void => controller.abort(reason);
    await expect(run({ signal: controller.signal, onNote })).rejects.toBe(reason);
    expect(requests).toHaveLength(0);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    await expectFetched(run());
  });

  it("takes its mirror from IMPASTO_WEIGHTS_MIRROR, and refuses one that is no URL", async () => {
    answers = [honest];
    const options = { cacheFolder: folder, expected };
    await expectFetched(fetchWeights({ ...options, env: { IMPASTO_WEIGHTS_MIRROR: base } }));
    const wrong = { ...options, env: { IMPASTO_WEIGHTS_MIRROR: "/a/folder" } };
    await expect(fetchWeights(wrong)).rejects.toThrow(MisuseError);
    await expect(fetchWeights(wrong)).rejects.toThrow(
      /http or https URL for the mirror but received "\/a\/folder"/,
    );
  });

  it("says which folder cannot hold the file", async () => {
    answers = [honest];
    await leavePart(content);
    expect(await failure({ cacheFolder: join(folder, "weights.h5.part", "in-a-file") })).toMatch(
      /in-a-file cannot hold the weights \(ENOTDIR.*name another folder in IMPASTO_CACHE/,
    );
  });

  it.skipIf(process.platform !== "linux")("says so where no folder can be made at all (Linux)", async () => {
    expect(await failure({ cacheFolder: "/proc/impasto/cache" })).toMatch(
      /^\/proc\/impasto\/cache cannot hold the weights \(ENOENT.*name another folder in IMPASTO_CACHE/,
    );
  });

  it("expects the public file by default", () => {
    expect(PUBLIC_WEIGHTS).toMatchObject({ size: 80134624, md5: "253f8cb515780f3b799900260a226db6" });
  });
});
