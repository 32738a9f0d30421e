/**
 * Requests as bytes, the way no honest client would write them.
 * @module
 */
import { connect, type Socket } from "node:net";

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends lines of a head, and what follows them, and reads until the connection is closed. */
export function rawRequest(
  port: number,
  lines: readonly string[],
  body: Iterable<string | Uint8Array> = [],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const parts: Buffer[] = [];
    socket.on("data", (part) => parts.push(part));
    socket.on("error", (error) => (parts.length > 0 ? resolve(answerOf(parts)) : reject(error)));
    socket.on("close", () => resolve(answerOf(parts)));
    socket.on("connect", () => {
      socket.write(`${[...lines, "Connection: close"].join("\r\n")}\r\n\r\n`);
      void send(socket, body[Symbol.iterator]());
    });
  });
}

/** No faster than it is taken, and no longer than the other side listens. */
function send(socket: Socket, parts: Iterator<string | Uint8Array>): void {
  for (let part = parts.next(); !part.done; part = parts.next()) {
    if (socket.destroyed || socket.writableEnded) return;
    if (!socket.write(part.value)) {
      socket.once("drain", () => send(socket, parts));
      return;
    }
  }
}

function answerOf(parts: readonly Buffer[]): Answer {
  const text = Buffer.concat(parts).toString("latin1");
  const [head = "", ...rest] = text.split("\r\n\r\n");
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body: rest.join("\r\n\r\n") };
}
