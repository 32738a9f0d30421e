/**
 * Addresses, and what they hold that is nobody else's business: a name and a password, or a token behind their path.
 * @module
 */
import { MirrorError } from "./mirror-error.ts";

/** An address as it may be shown, without what it may hold in secret, be it well written or not. */
export function withoutSecrets(address: string): string {
  if (URL.canParse(address)) {
    const { protocol, host, pathname } = new URL(address);
    if (host !== "") return `${protocol}//${host}${pathname}`;
  }
  // Not understood, and so without all that might be a name and a password.
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, "$1").replace(/[?#].*$/s, "");
}

/** An address without name and password, and these as a header has them. */
export function apart(full: URL): { readonly address: URL; readonly login: string | undefined } {
  const address = new URL(full);
  const [name, password] = [decoded(address.username), decoded(address.password)];
  address.username = "";
  address.password = "";
  const login =
    name || password ? `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}` : undefined;
  return { address, login };
}

/** A percent sign in a password may mean just that. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The address that an answer from another one points to.
 * @throws MirrorError when it should not be followed: it is none of http, or less safe than the other.
 */
export function pointedTo(location: string, from: URL): URL {
  const address = URL.canParse(location, from) ? apart(new URL(location, from)).address : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    throw new MirrorError("it points to an address that is neither https nor http", { again: false });
  }
  if (from.protocol === "https:" && address.protocol === "http:") {
    const message = `it points from https to ${address.origin}, where anyone on the way could change the file`;
    throw new MirrorError(message, { again: false });
  }
  return address;
}
