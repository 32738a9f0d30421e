/**
 * The server itself: who is let in, which headers every answer has, and how long anybody may take. The application is
 * behind it.
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { MisuseError } from "../../errors.ts";
import { type Door, refusalOf } from "./door.ts";
import { HEADERS } from "./headers.ts";
import { FIRST_PORT, PORTS_TRIED } from "./ports.ts";
import type { Session } from "./session.ts";

/** What answers requests that were let in. */
export interface Application {
  fetch(request: Request, bindings: object): Response | Promise<Response>;
}

/** A server that listens, and answers nothing yet. */
export interface Listening {
  readonly server: Server;
  readonly port: number;
}

/**
 * Listens.
 * @param port 0 for any that is free; the first free one of several where it is not given.
 * @throws MisuseError where the port is taken, or there is no such host here.
 */
export async function listenAt(host: string, port: number | undefined): Promise<Listening> {
  const server = createServer({
    // A connection that says nothing is closed, so that many of them hurt nobody.
    headersTimeout: 15_000,
    requestTimeout: 600_000,
    keepAliveTimeout: 10_000,
    connectionsCheckingInterval: 5_000,
    keepAlive: true,
  });
  server.maxConnections = 1000;
  const ports =
    port === undefined ? Array.from({ length: PORTS_TRIED }, (_, more) => FIRST_PORT + more) : [port];
  for (const one of ports) {
    const problem = await tryListening(server, host, one);
    if (problem === undefined) return { server, port: portOf(server) };
    if (problem !== "EADDRINUSE") throw notThere(host, one, problem);
  }
  throw port === undefined
    ? new MisuseError(
        `The ports from ${FIRST_PORT} to ${FIRST_PORT + PORTS_TRIED - 1} are all taken; name another with --port`,
      )
    : new MisuseError(`Port ${port} is taken; name another with --port, or leave it out`);
}

/** The code of what went wrong. */
const tryListening = (server: Server, host: string, port: number): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === undefined) reject(error);
      else resolve(error.code);
    };
    server.once("error", onError);
    server.listen({ host, port }, () => {
      server.off("error", onError);
      resolve(undefined);
    });
  });

function notThere(host: string, port: number, code: string): MisuseError {
  if (code === "EACCES")
    return new MisuseError(`Port ${port} may not be used; name one above 1023 with --port`);
  return new MisuseError(
    `"${host}" is no address of this machine (${code}); leave --host out, or name one that is`,
  );
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens to no port.");
  return address.port;
}

/** Begins to answer. */
export function answerAt(server: Server, door: Door, session: Session, app: Application): void {
  const answer = getRequestListener((request, bindings) => app.fetch(request, bindings), {
    // Node's own have to stay what they are.
    overrideGlobalObjects: false,
  });
  server.on("request", (incoming, outgoing) => {
    for (const [name, value] of Object.entries(HEADERS)) outgoing.setHeader(name, value);
    if (!letIn(incoming, outgoing, door, session)) return;
    void answer(incoming, outgoing);
  });
  // Nothing here speaks another protocol.
  server.on("upgrade", (_, socket) => socket.destroy());
}

/** Whether a request may go on; if not, it is answered. */
function letIn(incoming: IncomingMessage, outgoing: ServerResponse, door: Door, session: Session): boolean {
  const { method = "", url = "", headers, headersDistinct } = incoming;
  const refusal = refusalOf({ method, target: url, headers: headersDistinct }, door);
  if (refusal !== undefined) {
    refuse(outgoing, refusal.status, refusal.message, url);
    return false;
  }
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const token = searchParams.get("token");
  if (pathname === "/" && method === "GET" && token !== null) {
    const cookie = session.cookieFor(token);
    if (cookie !== undefined) {
      outgoing.writeHead(303, { Location: "/", "Set-Cookie": cookie }).end();
      return false;
    }
    // An address of an earlier start, in a browser that is let in anyway.
    if (session.admits(headers.cookie)) {
      outgoing.writeHead(303, { Location: "/" }).end();
      return false;
    }
  }
  if (session.admits(headers.cookie)) return true;
  refuse(
    outgoing,
    403,
    "Open the studio by the address that it printed as it started: it is new each time.",
    url,
  );
  return false;
}

function refuse(outgoing: ServerResponse, status: number, message: string, target: string): void {
  const isApi = /^\/api(?:[/?]|$)/.test(target);
  const body = isApi ? JSON.stringify({ message }) : page(message);
  outgoing.writeHead(status, {
    "Content-Type": isApi ? "application/json" : "text/html; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
    // What else comes with it is not read.
    Connection: "close",
  });
  outgoing.end(body);
}

const page = (message: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>impasto</title><p>${message}</p></html>\n`;
