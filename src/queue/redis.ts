/**
 * The way to Redis: its address as a person types it, and BullMQ, which is loaded where a queue is asked for and nowhere
 * else.
 * @module
 */
import type * as BullMq from "bullmq";
import type { RedisOptions } from "bullmq";
import { ImpastoError, MisuseError } from "../errors.ts";

/** The queue's name in Redis. */
export const QUEUE_NAME = "impasto";

/** Where a queue is. */
export interface QueueAddress {
  /** For messages: without a password. */
  readonly shown: string;
  readonly options: RedisOptions;
}

/**
 * Reads an address.
 * @param text `redis://host`, or in full `rediss://user:password@host:port/database`.
 * @throws MisuseError where it is none.
 */
export function readAddress(text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [, database] = /^\/?(\d*)$/.exec(url?.pathname ?? "") ?? [];
  if (
    url === undefined ||
    !/^rediss?:$/.test(url.protocol) ||
    url.hostname === "" ||
    database === undefined
  ) {
    throw new MisuseError(
      `Expected an address such as redis://host:6379 for --queue but received "${text.replace(/\/\/[^@/]*@/, "//…@")}".`,
    );
  }
  const port = url.port === "" ? 6379 : Number(url.port);
  const { username, password } = url;
  return {
    shown: `${url.protocol}//${url.hostname}:${port}${database === "" ? "" : `/${database}`}`,
    options: {
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port,
      db: Number(database),
      ...(username === "" ? {} : { username: decodeURIComponent(username) }),
      ...(password === "" ? {} : { password: decodeURIComponent(password) }),
      ...(url.protocol === "rediss:" ? { tls: {} } : {}),
      connectTimeout: CONNECT_MILLISECONDS,
    },
  };
}

const CONNECT_MILLISECONDS = 5000;

/** Between two tries to reach Redis again. */
export const retryMilliseconds = (times: number): number => Math.min(2000, 100 * 2 ** Math.min(times, 5));

/**
 * Loads BullMQ.
 * @throws ImpastoError where it is not installed.
 */
export async function loadBullMq(): Promise<typeof BullMq> {
  try {
    // BullMQ asks for the driver only when it connects.
    await import("ioredis");
    return await import("bullmq");
  } catch (cause) {
    throw new ImpastoError(
      "A queue needs two more packages: run `npm install bullmq ioredis --ignore-scripts` (with --global where impasto was installed so).",
      { cause },
    );
  }
}

/**
 * Makes sure that somebody answers there.
 * @throws ImpastoError where nobody does.
 */
export async function checkRedis({ shown, options }: QueueAddress): Promise<void> {
  await loadBullMq();
  const { Redis } = await import("ioredis");
  const { host = "", port = 0, db = 0, username, password, tls } = options;
  const redis = new Redis({
    host,
    port,
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls: {} }),
    lazyConnect: true,
    connectTimeout: CONNECT_MILLISECONDS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: unknown;
  redis.on("error", (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (cause) {
    throw unreachable(shown, reason ?? cause);
  } finally {
    redis.disconnect();
  }
}

function unreachable(shown: string, cause: unknown): ImpastoError {
  const told =
    cause instanceof Error ? cause.message || ("code" in cause ? String(cause.code) : "") : String(cause);
  const why = told === "" ? "no answer" : told.replace(/\.$/, "");
  const what = /NOAUTH|WRONGPASS|invalid (username|password)/i.test(why)
    ? "give the user and the password, as in redis://user:password@host"
    : "start it there (redis-server), or check the address";
  return new ImpastoError(`No queue at ${shown} (${why}): ${what}.`, { cause });
}
