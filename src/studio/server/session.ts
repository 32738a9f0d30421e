/**
 * Who has been let in: whoever opened the address that the studio printed. It carries a token, new with every start, which
 * is swapped for a cookie that scripts cannot read and other sites cannot have sent.
 * @module
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Tells who has been let in. */
export interface Session {
  /** What the printed address carries. */
  readonly token: string;
  /** The cookie for a token, as `Set-Cookie` has it; nothing for a wrong one. */
  cookieFor(token: string): string | undefined;
  /** Whether what a browser sends as `Cookie` has the right one. */
  admits(cookies: string | undefined): boolean;
}

/** A word that nobody guesses. */
export const randomWord = (): string => randomBytes(32).toString("base64url");

/**
 * Opens a session.
 * @param port distinguishes studios on one machine, for cookies know no ports.
 * @param secret the cookie's value: one that outlives the server lets a page that is open find the next one.
 */
export function openSession(port: number, secret: string): Session {
  const name = `impasto-${port}`;
  const token = randomWord();
  return {
    token,
    cookieFor: (given) =>
      isEqual(given, token) ? `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict` : undefined,
    admits: (cookies = "") =>
      cookies.split(/; */).some((cookie) => {
        const at = cookie.indexOf("=");
        return cookie.slice(0, at) === name && isEqual(cookie.slice(at + 1), secret);
      }),
  };
}

/** Takes as long for one that is nearly right as for any. */
const isEqual = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
