/**
 * Asks for a file by HTTP: through the proxy that the environment names, with the name and password of an address that
 * has them, and on to where an answer points, but never from https to plain http.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { apart, pointedTo, withoutSecrets } from "./addresses.node.ts";
import type { Environment } from "./locate.node.ts";
import { MirrorError } from "./mirror-error.ts";

/** An answer whose body is still to come. */
export interface Answer {
  readonly status: number;
  /** A header's value, by its name in lower case. */
  header(name: string): string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Asks for files until it is closed. */
export interface HttpClient {
  /**
   * Asks for a file.
   * @throws MirrorError when the connection fails, or the answer points to where nothing should be fetched from.
   * @throws The signal's reason when it stops the request; the body throws the same.
   */
  get(address: URL, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/** How often an answer may point elsewhere. */
const REDIRECTS = 5;
const POINTS_ELSEWHERE: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Gets ready to ask for files.
 * @param env names proxies in `HTTPS_PROXY` and `HTTP_PROXY`, and in `NO_PROXY` what needs none.
 * @param silence milliseconds without a byte after which a request is given up.
 * @throws MisuseError when the address of a proxy cannot be understood.
 */
export async function openHttp(env: Environment, silence: number): Promise<HttpClient> {
  const { EnvHttpProxyAgent, request } = await import("undici");
  const agent = new EnvHttpProxyAgent({
    httpProxy: proxyOf(env, "HTTP_PROXY"),
    httpsProxy: proxyOf(env, "HTTPS_PROXY"),
    noProxy: variableOf(env, "NO_PROXY"),
    // Proxies need not tunnel what is not encrypted, and many do not.
    proxyTunnel: false,
    headersTimeout: silence,
    bodyTimeout: silence,
  });
  const explain = (error: unknown, signal: AbortSignal | undefined): unknown => {
    if (signal?.aborted) return signal.reason;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const silent = code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT";
    const reason = error instanceof Error ? error.message || code : String(error);
    return new MirrorError(
      silent ? `nothing arrived for ${silence / 1000} seconds` : `the connection failed: ${reason}`,
      { again: true },
    );
  };
  const ask = async (address: URL, headers: Readonly<Record<string, string>>, signal?: AbortSignal) => {
    try {
      const answer = await request(address, { dispatcher: agent, headers, signal: signal ?? null });
      // Nobody may be listening when the client is closed, or the rest of an answer is of no use.
      answer.body.on("error", () => {});
      return answer;
    } catch (error) {
      throw explain(error, signal);
    }
  };
  return {
    async get(first, headers, signal) {
      let { address, login } = apart(first);
      for (let left = REDIRECTS; ; left--) {
        const all = login === undefined ? headers : { ...headers, authorization: login };
        const { statusCode, headers: fields, body } = await ask(address, all, signal);
        const header = (name: string): string | undefined => [fields[name]].flat()[0];
        const location = header("location");
        if (location === undefined || !POINTS_ELSEWHERE.includes(statusCode)) {
          return { status: statusCode, header, body: explained(body, (error) => explain(error, signal)) };
        }
        body.destroy();
        if (left === 0) throw new MirrorError("it points elsewhere again and again", { again: false });
        const next = pointedTo(location, address);
        // Not even where it points back to the first: the way was then chosen by another.
        if (next.origin !== address.origin) login = undefined;
        address = next;
      }
    },
    close: () => agent.destroy(),
  };
}

async function* explained(
  body: AsyncIterable<Uint8Array>,
  explain: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw explain(error);
  }
}

/** A variable of the environment, which programs know in lower and in upper case; empty when it is not set. */
const variableOf = (env: Environment, name: string): string => env[name.toLowerCase()] || env[name] || "";

/** The address of a proxy, as which its host alone is often given. */
function proxyOf(env: Environment, name: string): string {
  const value = variableOf(env, name);
  const address = value === "" || value.includes("://") ? value : `http://${value}`;
  if (address === "" || (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)))
    return address;
  throw new MisuseError(
    `Expected the address of an http or https proxy in ${name} but received ${JSON.stringify(withoutSecrets(value))}`,
  );
}
