import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answering, content, expected, honest, Mirror, truncating } from "../../test/mirror.ts";
import { MisuseError } from "../errors.ts";
import type { DownloadProgress } from "./download.node.ts";
import { fetchWeights, PUBLIC_WEIGHTS } from "./fetch.node.ts";

describe("fetching the weights", () => {
  let mirror: Mirror;
  beforeEach(async () => {
    mirror = await Mirror.start();
  });
  afterEach(() => mirror.stop());

  it("puts the file in place, tells of its progress, and does not download it twice", async () => {
    mirror.answers = [honest];
    const events: DownloadProgress[] = [];
    await mirror.expectFetched(mirror.run({ onProgress: (progress) => events.push(progress) }));
    expect(events[0]).toEqual({ received: 0, total: content.length });
    expect(events.at(-1)).toEqual({ received: content.length, total: content.length });
    expect(await mirror.run()).toEqual({ path: mirror.path, downloaded: false });
    expect(mirror.requests).toEqual([{ url: "/weights.h5", range: undefined }]);
  });

  it("replaces a file that is not the right one", async () => {
    mirror.answers = [honest];
    await mirror.leavePart(randomBytes(content.length), expected.name);
    await mirror.expectFetched(mirror.run());
  });

  it("goes on where a broken download stopped, in the same run, and says why it waits", async () => {
    mirror.answers = [truncating(100_000), honest];
    const notes: string[] = [];
    await mirror.expectFetched(mirror.run({ onNote: (sentence) => notes.push(sentence) }));
    expect(notes).toEqual([
      expect.stringMatching(/^Fetching weights\.h5 from 127\.0\.0\.1:\d+\.$/),
      expect.stringMatching(
        /^The download from 127\.0\.0\.1:\d+ broke off: (the connection failed|it stopped).*\. Trying again in 0\.005 s \(2 of 4\)\.$/,
      ),
    ]);
    expect(mirror.requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it("goes on where a broken download stopped, in a later run", async () => {
    mirror.answers = [truncating(100_000)];
    expect(await mirror.failure({ attempts: 1 })).toMatch(
      /could not be downloaded .*name a mirror in IMPASTO_WEIGHTS_MIRROR/,
    );
    expect(await readdir(mirror.folder)).toEqual(["weights.h5.part"]);
    mirror.answers = [honest];
    await mirror.expectFetched(mirror.run());
    expect(mirror.requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it("gives a silent server up and tries again", async () => {
    mirror.answers = [
      () => undefined,
      (_, response) => {
        response.writeHead(200, { "content-length": content.length });
        response.write(content.subarray(0, 1000));
      },
      honest,
    ];
    await mirror.expectFetched(mirror.run());
    expect(mirror.requests[2]?.range).toBe("bytes=1000-");
    mirror.answers = [() => undefined];
    await rm(mirror.path);
    expect(await mirror.failure({ attempts: 1, stallTimeout: 50 })).toMatch(
      /nothing arrived for 0\.05 seconds/,
    );
  });

  it("tries a troubled server again, and the next mirror after one without the file", async () => {
    mirror.answers = [answering(500), answering(503), honest];
    await mirror.expectFetched(mirror.run());
    await rm(mirror.path);
    mirror.answers = [answering(404), honest];
    mirror.requests = [];
    await mirror.expectFetched(
      mirror.run({ mirrors: [`${mirror.base}first`, `${mirror.base}second/weights.h5`] }),
    );
    expect(mirror.requests.map(({ url }) => url)).toEqual(["/first/weights.h5", "/second/weights.h5"]);
  });

  it("says what each mirror answered and what can be done", async () => {
    mirror.answers = [answering(404), answering(500)];
    const message = await mirror.failure({ mirrors: [`${mirror.base}a/`, `${mirror.base}b/`], attempts: 2 });
    expect(message).toContain("/a/weights.h5: it answered 404 Not Found; ");
    expect(message).toContain("/b/weights.h5: it answered 500 Internal Server Error)");
    expect(message).toContain(`or download it by hand into ${mirror.folder}`);
    expect(mirror.requests.length).toBe(3);
    expect(await mirror.failure({ mirrors: ["http://127.0.0.1:1/"], attempts: 1 })).toMatch(
      /the connection failed: /,
    );
  });

  it("stops with the signal's reason and keeps what has arrived", async () => {
    mirror.answers = [
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
    await expect(mirror.run({ signal: controller.signal, onProgress, stallTimeout: 5000 })).rejects.toBe(
      reason,
    );
    expect((await readFile(`${mirror.path}.part`)).length).toBe(1000);
    await expect(mirror.run({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(mirror.requests.length).toBe(1);
  });

  it("is done once when it is asked for several times at once", async () => {
    mirror.answers = [honest];
    await mirror.leavePart(content.subarray(0, 1000));
    const notes: string[] = [];
    const onNote = (sentence: string): number => notes.push(sentence);
    const results = await Promise.all([
      mirror.run({ onNote }),
      mirror.run({ onNote }),
      mirror.run({ onNote }),
    ]);
    expect(results.map(({ downloaded }) => downloaded).sort()).toEqual([false, false, true]);
    await mirror.expectFetched(Promise.resolve({ path: mirror.path, downloaded: true }));
    expect(mirror.requests).toHaveLength(1);
    expect(
      notes.filter((note) => /^Another process is fetching the same file; waiting/.test(note)),
    ).toHaveLength(2);
  });

  it("waits for another process, and no longer than that lives or the signal lets it", async () => {
    mirror.answers = [honest];
    const lock = `${mirror.path}.lock`;
    await mkdir(lock, { recursive: true });
    const waiting = mirror.run();
    await sleep(50);
    await writeFile(mirror.path, content);
    await rm(lock, { recursive: true });
    expect(await waiting).toEqual({ path: mirror.path, downloaded: false });
    await rm(mirror.path);

    await mkdir(lock);
    const controller = new AbortController();
    const reason = new Error("enough");
    const onNote = (): void => controller.abort(reason);
    await expect(mirror.run({ signal: controller.signal, onNote })).rejects.toBe(reason);
    expect(mirror.requests).toHaveLength(0);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    await mirror.expectFetched(mirror.run());
  });

  it("takes its mirror from IMPASTO_WEIGHTS_MIRROR, and refuses one that is no URL", async () => {
    mirror.answers = [honest];
    const options = { cacheFolder: mirror.folder, expected };
    await mirror.expectFetched(fetchWeights({ ...options, env: { IMPASTO_WEIGHTS_MIRROR: mirror.base } }));
    const wrong = { ...options, env: { IMPASTO_WEIGHTS_MIRROR: "/a/folder" } };
    await expect(fetchWeights(wrong)).rejects.toThrow(MisuseError);
    await expect(fetchWeights(wrong)).rejects.toThrow(
      /http or https URL for the mirror but received "\/a\/folder"/,
    );
  });

  it("says which folder cannot hold the file", async () => {
    mirror.answers = [honest];
    await mirror.leavePart(content);
    expect(
      await mirror.failure({ cacheFolder: join(mirror.folder, "weights.h5.part", "in-a-file") }),
    ).toMatch(/in-a-file cannot hold the weights \(ENOTDIR.*name another folder in IMPASTO_CACHE/);
  });

  it.skipIf(process.platform !== "linux")("says so where no folder can be made at all (Linux)", async () => {
    expect(await mirror.failure({ cacheFolder: "/proc/impasto/cache" })).toMatch(
      /^\/proc\/impasto\/cache cannot hold the weights \(ENOENT.*name another folder in IMPASTO_CACHE/,
    );
  });

  it("expects the public file by default", () => {
    expect(PUBLIC_WEIGHTS).toMatchObject({ size: 80134624, md5: "253f8cb515780f3b799900260a226db6" });
  });
});
