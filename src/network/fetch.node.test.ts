import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ImpastoError, MisuseError } from "../errors.ts";
import {
  type FetchedWeights,
  type FetchProgress,
  type FetchWeightsOptions,
  fetchWeights,
  PUBLIC_WEIGHTS,
} from "./fetch.node.ts";

const content = randomBytes(300_000);
const expected = {
  name: "weights.h5",
  size: content.length,
  md5: createHash("md5").update(content).digest("hex"),
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An honest server, which understands ranges. */
const honest: Answer = (request, response) => {
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  const rest = content.subarray(Number(from ?? 0));
  const headers = from && { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(from ? 206 : 200, { "content-length": rest.length, ...headers }).end(rest);
};
const answering =
  (status: number): Answer =>
  (_, response) =>
    response.writeHead(status).end("no");
/** Promises the whole file and hangs up after some bytes. */
const truncating =
  (bytes: number): Answer =>
  (_, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, bytes), () => response.destroy());
  };

describe("fetching the weights", () => {
  let folder = "";
  let base = "";
  let server: Server;
  let answers: Answer[] = [];
  let requests: { url: string; range: string | undefined }[] = [];

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "impasto-fetch-")), "cache");
    requests = [];
    // The last answer is repeated for all further requests.
    server = createServer((request, response) => {
      requests.push({ url: request.url ?? "", range: request.headers.range });
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
    const events: FetchProgress[] = [];
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
    const retries: string[] = [];
    await expectFetched(run({ onRetry: (reason, seconds) => retries.push(`${reason}, ${seconds}`) }));
    expect(retries).toHaveLength(1);
    expect(retries[0]).toMatch(/(the connection failed|it stopped).*, 0\.005$/);
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

  it("goes on with the part of a process that was killed, not of one that runs or is on another machine", async () => {
    answers = [honest];
    const host = hostname().replace(/\W/g, "_");
    await leavePart(content.subarray(0, 1000), `weights.h5.${host}-999999999-abcd1234.part`);
    await expectFetched(run());
    expect(requests[0]?.range).toBe("bytes=1000-");
    await rm(path());
    const others = [
      `weights.h5.${host}-${process.pid}-abcd1234.part`,
      "weights.h5.elsewhere-999999999-abcd1234.part",
    ];
    for (const part of others) await leavePart(content.subarray(0, 1000), part);
    await run();
    expect(requests[1]?.range).toBeUndefined();
    expect(await readdir(folder)).toEqual(expect.arrayContaining(others));
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
      await leavePart(randomBytes(size));
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

  it("follows redirects", async () => {
    answers = [(_, response) => response.writeHead(302, { location: "/elsewhere" }).end(), honest];
    await expectFetched(run());
    expect(requests[1]?.url).toBe("/elsewhere");
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
    answers = [(_, response) => response.write("short", () => response.end())];
    expect(await failure({ attempts: 1 })).toMatch(/it stopped after 5 of 300000 bytes/);
    await rm(folder, { recursive: true });
    answers = [(_, response) => response.end(randomBytes(content.length))];
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
    const onProgress = ({ received }: FetchProgress): void => {
      if (received > 0) controller.abort(reason);
    };
    await expect(run({ signal: controller.signal, onProgress, stallTimeout: 5000 })).rejects.toBe(reason);
    expect((await readFile(`${path()}.part`)).length).toBe(1000);
    await expect(run({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(requests.length).toBe(1);
  });

  it("is done twice at once without harm", async () => {
    answers = [honest];
    await leavePart(content.subarray(0, 1000));
    const results = await Promise.all([run(), run(), run()]);
    expect(results.map((result) => result.path)).toEqual([path(), path(), path()]);
    await expectFetched(Promise.resolve({ path: path(), downloaded: true }));
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

  it("expects the public file by default", () => {
    expect(PUBLIC_WEIGHTS).toMatchObject({ size: 80134624, md5: "253f8cb515780f3b799900260a226db6" });
  });
});
