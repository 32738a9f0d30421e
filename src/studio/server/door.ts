/**
 * Who may come in at all, told by what a request says before anything of it is understood: to whom it is addressed, from
 * which page it was sent, and what it names. A browser can be led by any page to send requests here; what it says of them
 * itself no page can change.
 * @module
 */
import { isIPv6 } from "node:net";

/** By which names this server goes. */
export interface Door {
  /** What `Host` may be. */
  readonly hosts: ReadonlySet<string>;
  /** What `Origin` may be. */
  readonly origins: ReadonlySet<string>;
}

/** A request as it came. Header by header all values, as Node has them in `headersDistinct`. */
export interface Knock {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
}

/** Why a request is not let in. */
export interface Refusal {
  readonly status: 403 | 404;
  readonly message: string;
}

const HTTP_PORT = 80;

/** The names of this machine that only it has. */
const LOOPBACK = ["127.0.0.1", "localhost", "::1"] as const;

/** Whether what is said to a host stays on this machine. */
export const isLoopback = (host: string): boolean =>
  LOOPBACK.some((name) => name === host) || /^127(?:\.\d{1,3}){3}$/.test(host);

/** An address as it stands in front of a port. */
export const bracketed = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

/**
 * The names of a server that listens to a port.
 * @param others names beside those of every machine for itself, without port.
 */
export function doorOf(port: number, others: readonly string[]): Door {
  const names = [...LOOPBACK, ...others].map(bracketed);
  const hosts = names.flatMap((name) => [`${name}:${port}`, ...(port === HTTP_PORT ? [name] : [])]);
  return { hosts: new Set(hosts), origins: new Set(hosts.map((host) => `http://${host}`)) };
}

/** What names something here: plain words between slashes, none of which begins with a dot, and perhaps a query. */
const TARGET = /^(?:\/[\w-][\w.-]*)*\/?(?:\?[^#]*)?$/;

/** Methods that change nothing. */
const SAFE = ["GET", "HEAD"];

/** What browsers say of requests that no other page is behind. */
const OWN = ["same-origin", "none"];

/** Says why a request is not let in; nothing where it may be looked at. */
export function refusalOf({ method, target, headers }: Knock, { hosts, origins }: Door): Refusal | undefined {
  const [host, ...hostsBeside] = headers.host ?? [];
  // Else a name of a stranger's that leads here would make this server that stranger's own.
  if (host === undefined || hostsBeside.length > 0 || !hosts.has(host)) {
    return { status: 403, message: "The studio does not go by this name." };
  }
  if (!target.startsWith("/") || !TARGET.test(target))
    return { status: 404, message: "There is no such thing here." };
  const [origin, ...originsBeside] = headers.origin ?? [];
  const isOwnOrigin = origin !== undefined && originsBeside.length === 0 && origin === `http://${host}`;
  const site = headers["sec-fetch-site"];
  if (!SAFE.includes(method)) {
    const isOwnSite = site === undefined || site.every((one) => one === "same-origin");
    if (isOwnOrigin && origins.has(origin) && isOwnSite) return undefined;
    return { status: 403, message: "Only the studio's own page may ask for this." };
  }
  const isApi = /^\/api(?:[/?]|$)/.test(target);
  // Pages of other servers on this machine count as the same site to cookies.
  if (isApi && site !== undefined && !site.every((one) => OWN.includes(one))) {
    return { status: 403, message: "Only the studio's own page may ask for this." };
  }
  return undefined;
}
