/**
 * A small server that speaks as much of S3 as a storage needs, in memory: objects are put, got, asked about and deleted, and
 * whoever signs wrongly, or sends other bytes than were signed, is refused.
 * @module
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AwsV4Signer } from "aws4fetch";

/** What whoever may use it has. */
export const KEYS = { accessKeyId: "impasto", secretAccessKey: "a secret of the tests" };

/** A server that runs. */
export interface S3Server {
  /** What a process that uses it has in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly objects: Map<
    string,
    { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> }
  >;
  close(): Promise<void>;
}

/** Starts one, with one bucket. */
export async function startS3(bucket: string): Promise<S3Server> {
  const objects: S3Server["objects"] = new Map();
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.writeHead(500).end());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const refuse = (status: number, code: string): void => {
      response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`);
    };
    if (!(await isSigned(request))) return refuse(403, "SignatureDoesNotMatch");
    const path = decodeURIComponent(request.url ?? "");
    if (!path.startsWith(`/${bucket}/`)) return refuse(404, "NoSuchBucket");
    const key = path.slice(bucket.length + 2);
    if (request.method === "PUT") {
      const sum = createHash("sha256").update(body).digest("hex");
      if (request.headers["x-amz-content-sha256"] !== sum) return refuse(400, "XAmzContentSHA256Mismatch");
      const kept = Object.entries(request.headers).filter(([name]) => name.startsWith("x-amz-meta-"));
      objects.set(key, {
        body,
        headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
      });
      response.end();
    } else if (request.method === "DELETE") {
      objects.delete(key);
      response.writeHead(204).end();
    } else {
      const object = objects.get(key);
      if (object === undefined) return refuse(404, "NoSuchKey");
      response.writeHead(200, { ...object.headers, "content-length": object.body.length });
      response.end(request.method === "HEAD" ? undefined : object.body);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  return {
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${address.port}`,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    },
    objects,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whether a request carries the signature that its headers would have. */
async function isSigned({ method = "", url, headers }: IncomingMessage): Promise<boolean> {
  const { authorization = "", host } = headers;
  const [, names = ""] = /SignedHeaders=([^,]*)/.exec(authorization) ?? [];
  const signed = names.split(";").filter((name) => name !== "host" && name !== "x-amz-date");
  const signer = new AwsV4Signer({
    ...KEYS,
    method,
    url: `http://${host}${url}`,
    headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
    service: "s3",
    region: "us-east-1",
    datetime: String(headers["x-amz-date"]),
  });
  return (await signer.authHeader()) === authorization;
}
