/**
 * A mirror of a small file of weights on this machine, which answers as a test wants it to, and a cache folder to fetch
 * into.
 * @module
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { ImpastoError } from "../src/errors.ts";
import { type FetchedWeights, type FetchWeightsOptions, fetchWeights } from "../src/network/fetch.node.ts";
import { SIGNATURE } from "../src/network/hdf5/objects.ts";

/** As long as the file, and as HDF5 as it is. */
export const likeTheFile = (): Buffer => Buffer.concat([SIGNATURE, randomBytes(299_992)]);
/** The file. */
export const content = likeTheFile();
/** What is known of it. */
export const expected = {
  name: "weights.h5",
  signature: SIGNATURE,
  size: content.length,
  md5: createHash("md5").update(content).digest("hex"),
};

/** What a server does with a request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An honest server, which understands ranges. */
export const honest: Answer = (request, response) => {
  serve(request, response, content);
};

/** Understands ranges, and, where the version of the file has a name, that they are of another version. */
export function serve(request: IncomingMessage, response: ServerResponse, file: Buffer, etag?: string): void {
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
/** Answers with a status alone. */
export const answering =
  (status: number): Answer =>
  (_, response) =>
    response.writeHead(status).end("no");
/** Promises the whole file and hangs up after some bytes. */
export const truncating =
  (bytes: number, file = content, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) => {
    response.writeHead(200, { "content-length": file.length, ...headers });
    response.write(file.subarray(0, bytes), () => response.destroy());
  };
/** Lets a server listen on this machine. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("Expected a port to listen on");
  return `127.0.0.1:${address.port}`;
}

/** The mirror, what it was asked, and the folder. */
export class Mirror {
  /** What is answered to each request; the last one to all further ones. */
  answers: Answer[] = [];
  requests: { url: string; range: string | undefined }[] = [];
  headers: IncomingMessage["headers"][] = [];
  readonly base: string;
  readonly folder: string;
  readonly #server: Server;

  private constructor(server: Server, base: string, folder: string) {
    this.#server = server;
    this.base = base;
    this.folder = folder;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.requests.push({ url: request.url ?? "", range: request.headers.range });
      this.headers.push(request.headers);
      const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
      answer?.(request, response);
    });
  }

  /** Opens a mirror, and makes no more than a place for the folder. */
  static async start(): Promise<Mirror> {
    const server = createServer();
    const base = `http://${await listen(server)}/`;
    return new Mirror(server, base, join(await mkdtemp(join(tmpdir(), "impasto-fetch-")), "cache"));
  }

  /** Closes the mirror and removes the folder. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await rm(join(this.folder, ".."), { recursive: true, force: true });
  }

  /** Where the file is to be. */
  get path(): string {
    return join(this.folder, expected.name);
  }

  /** Leaves a part of the file, or something else, in the folder. */
  async leavePart(part: Uint8Array, name = `${expected.name}.part`): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeFile(join(this.folder, name), part);
  }

  /** Fetches the file from the mirror, impatiently. */
  run(options: Partial<FetchWeightsOptions> = {}): Promise<FetchedWeights> {
    return fetchWeights({
      cacheFolder: this.folder,
      mirrors: [this.base],
      env: {},
      expected,
      backoff: 5,
      stallTimeout: 300,
      ...options,
    });
  }

  /** The message with which that fails. */
  async failure(options: Partial<FetchWeightsOptions> = {}): Promise<string> {
    const error: unknown = await this.run(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ImpastoError);
    return error instanceof Error ? error.message : "";
  }

  /** Expects the file, whole, and nothing else in the folder. */
  async expectFetched(promise: Promise<FetchedWeights>): Promise<void> {
    expect(await promise).toEqual({ path: this.path, downloaded: true });
    expect(content.equals(await readFile(this.path))).toBe(true);
    expect(await readdir(this.folder)).toEqual([expected.name]);
  }
}
