/**
 * A bucket of S3, or of whatever speaks its language (MinIO, Ceph, Garage, R2), as storage. An object is replaced in one
 * step by itself; which job a result came of stands beside it, so that nobody has to read it whole to know.
 * @module
 */
import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";
import { MisuseError } from "../errors.ts";
import { MARK } from "./names.ts";
import { type Storage, StorageError } from "./storage.ts";

/** What is said of a bucket where the system says it: the usual variables of the AWS tools. */
export type S3Environment = Readonly<Record<string, string | undefined>>;

/** The header that says what a result came of. */
const MADE_BY = "x-amz-meta-impasto-job";

/** So often is tried again what the server could not do, each time after a longer wait. */
const RETRIES = 4;

/** A request may take so long: a large picture over a slow line. */
const PATIENCE_MILLISECONDS = 120_000;

/**
 * Opens it.
 * @param address `s3://bucket` or `s3://bucket/prefix`.
 * @throws MisuseError where that, or the environment, does not say enough.
 */
export function s3Storage(address: string, environment: S3Environment): Storage {
  const [, bucket, prefix = ""] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/.exec(address) ?? [];
  if (bucket === undefined) {
    throw new MisuseError(
      `Expected s3://bucket or s3://bucket/folder for --storage but received "${address}".`,
    );
  }
  const place = prefix === "" ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  const { region, base, ...keys } = readEnvironment(bucket, environment);
  const client = new AwsClient({ ...keys, service: "s3", region, retries: RETRIES });
  const urlOf = (name: string): string =>
    `${base}/${[...prefix.split("/"), ...name.split("/")].filter(Boolean).map(encodeSegment).join("/")}`;

  async function ask(name: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    const response = await client.fetch(urlOf(name), { ...init, signal }).catch((cause: unknown) => {
      throw new StorageError(
        `${place} does not answer (${reasonOf(cause)}): check the network, and AWS_ENDPOINT_URL.`,
        {
          cause,
        },
      );
    });
    if (response.ok) return response;
    const text = await response.text().catch(() => "");
    const [, code = String(response.status)] = /<Code>([^<]*)<\/Code>/.exec(text) ?? [];
    if (response.status === 404 && code !== "NoSuchBucket") return response;
    throw new StorageError(`${place} refuses (${code}): check the bucket's name, its rules and the keys.`);
  }

  async function read(name: string, memory = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
    const response = await ask(name, { method: "GET" });
    if (!response.ok) return undefined;
    const length = Number(response.headers.get("content-length"));
    if (length > memory) {
      await response.body?.cancel();
      throw new MisuseError(
        `"${name}" is larger than the ${Math.floor(memory / 1e6)} MB that may be read; give a smaller picture or allow more memory.`,
      );
    }
    return new Uint8Array(
      await response.arrayBuffer().catch((cause: unknown) => {
        throw new StorageError(`${place} broke off in the midst of "${name}".`, { cause });
      }),
    );
  }

  async function write(name: string, parts: readonly Uint8Array[], madeBy?: string): Promise<void> {
    const body = Buffer.concat(parts);
    const headers = {
      // The server refuses what did not arrive as it was sent.
      "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
      ...(madeBy === undefined ? {} : { [MADE_BY]: madeBy }),
    };
    const { ok } = await ask(name, { method: "PUT", headers, body });
    if (!ok) throw new StorageError(`${place} did not take "${name}".`);
  }

  return {
    place,
    read,
    write,
    async check() {
      if ((await ask(MARK, { method: "HEAD" })).ok) return;
      throw new StorageError(
        `No jobs were put on a queue for ${place}: name the storage that \`impasto batch --queue\` was given.`,
      );
    },
    mark: () => write(MARK, [Buffer.from("impasto\n")]),
    async remove(name) {
      await ask(name, { method: "DELETE" });
    },
    async lookAt(name) {
      const response = await ask(name, { method: "HEAD" });
      if (!response.ok) return undefined;
      const id = response.headers.get(MADE_BY) ?? undefined;
      return { isResult: id !== undefined, id };
    },
  };
}

function readEnvironment(bucket: string, environment: S3Environment) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey) {
    throw new MisuseError(
      "S3 needs keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL where it is not Amazon's.",
    );
  }
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || "us-east-1";
  const endpoint = environment.AWS_ENDPOINT_URL_S3 || environment.AWS_ENDPOINT_URL;
  const { AWS_SESSION_TOKEN: sessionToken } = environment;
  return {
    accessKeyId,
    secretAccessKey,
    region,
    base: endpoint
      ? `${endpoint.replace(/\/+$/, "")}/${bucket}`
      : `https://${bucket}.s3.${region}.amazonaws.com`,
    ...(sessionToken ? { sessionToken } : {}),
  };
}

/** As S3 signs names: also what URLs may leave as it is. */
const encodeSegment = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** `fetch` says no more than that it failed; what caused that says more. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}
