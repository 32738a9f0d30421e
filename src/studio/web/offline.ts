/**
 * What the service worker of the static studio decides: which of its files a browser keeps, and what it says of them, so that
 * the page works without a network and has threads wherever it is served from.
 * @module
 */

/** A file of the static studio: its path from the page's folder, and a part of its checksum. */
export interface OfflineFile {
  readonly path: string;
  readonly version: string;
}

/** ONNX Runtime, of which a browser needs one form. */
const FORMS = /ort[-.].*(jspi|asyncify|webgpu)/;

/** Kept before anything else, and by every browser: the page, its script and its worker. */
export const isShell = ({ path }: OfflineFile): boolean => !FORMS.test(path) && !isLarge(path);

const isLarge = (path: string): boolean => path.endsWith(".safetensors");

/** Whether a browser needs a file. @param suspends whether its WebAssembly can wait for the page's work. */
export function isNeeded({ path }: OfflineFile, suspends: boolean): boolean {
  const [, form] = FORMS.exec(path) ?? [];
  return form === undefined || (form === "jspi") === suspends;
}

/** What isolates a page, which threads of WebAssembly need, and what an isolated page asks of what it fetches. */
export const ISOLATION: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** The same answer, of a page that is isolated. What the host itself says of isolation is left. */
export function isolated(answer: Response): Response {
  // What has no status is not to be looked into.
  if (answer.status === 0) return answer;
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(ISOLATION)) if (!headers.has(name)) headers.set(name, value);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

/** The file that an address asks for; undefined for what is none of the studio's. @param folder the page's. */
export function fileAt(files: readonly OfflineFile[], address: URL, folder: URL): OfflineFile | undefined {
  if (address.origin !== folder.origin || !address.pathname.startsWith(folder.pathname)) return undefined;
  const path = decodeURIComponent(address.pathname.slice(folder.pathname.length)) || "index.html";
  return files.find((file) => file.path === path);
}
