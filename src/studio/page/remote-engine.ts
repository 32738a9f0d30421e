/**
 * The studio of a server on this machine: requests by fetch, what happens by server-sent events. A hidden page listens to
 * nothing, for a browser has few connections to one server, and is told everything when it is seen again;
 * but for the page that steers while something is painted, whose title tells how far it is.
 * @module
 */
import type {
  About,
  Estimate,
  Failure,
  LossPoint,
  Run,
  StoredPicture,
  StudioEngine,
  StudioEvent,
} from "../engine.ts";
import { StudioError } from "./state/failure.ts";
import { isActive } from "./state/runs.ts";

/** Milliseconds after which a closed connection is tried again. */
const RETRY = 2000;

const CLIENT = "impasto-client";

/** What is asked of the server beside its path. */
interface Asking {
  readonly method?: "POST" | "PUT" | "DELETE";
  /** Plain data, or bytes. */
  readonly body?: unknown;
}

/** @param base where the server is; a path that ends without a slash. */
export function remoteEngine(base = ""): StudioEngine {
  const client = ownName();

  async function ask(path: string, { method, body }: Asking = {}): Promise<Response> {
    const isBytes = body instanceof Blob;
    const type = isBytes ? "application/octet-stream" : "application/json";
    let answer: Response;
    try {
      answer = await fetch(`${base}/api/${path}`, {
        headers: { "X-Impasto-Client": client, ...(method === undefined ? {} : { "Content-Type": type }) },
        ...(method === undefined ? {} : { method }),
        ...(method === undefined || method === "DELETE"
          ? {}
          : { body: isBytes ? body : JSON.stringify(body ?? {}) }),
      });
    } catch (error) {
      throw new StudioError({ message: "The studio does not answer." }, { cause: error });
    }
    if (!answer.ok) throw new StudioError(await failureIn(answer));
    return answer;
  }

  // What comes back is the server's own word, which the types of both describe.
  const json = async <Answer>(path: string, asking?: Asking): Promise<Answer> =>
    (await ask(path, asking)).json();
  const bytes = async (path: string): Promise<Blob> => (await ask(path)).blob();
  const nothing = async (path: string, asking: Asking): Promise<void> => void (await ask(path, asking));
  const post = { method: "POST" } as const;
  const run = (id: string): string => `runs/${encodeURIComponent(id)}`;
  const version = (id: string, of: string): string => `${run(id)}/versions/${encodeURIComponent(of)}`;

  return {
    client,
    about: () => json<About>("about"),
    watch: (listener) =>
      watchEvents(`${base}/api/events?client=${encodeURIComponent(client)}`, client, listener),
    takeOver: () => nothing("take-over", post),
    addPicture: (file, name) =>
      json<StoredPicture>(`pictures?name=${encodeURIComponent(name)}`, { method: "PUT", body: file }),
    picture: (id, longest) => bytes(`pictures/${encodeURIComponent(id)}?longest=${longest}`),
    estimate: (request) => json<Estimate>("estimate", { ...post, body: request }),
    begin: (request) => json<Run>("runs", { ...post, body: request }),
    runs: () => json<readonly Run[]>("runs"),
    losses: (id) => json<readonly LossPoint[]>(`${run(id)}/losses`),
    preview: (id) => bytes(`${run(id)}/preview`),
    steer: (id, steering) => json<Run>(`${run(id)}/steer`, { ...post, body: steering }),
    keep: (id) => json<Run>(`${run(id)}/keep`, post),
    stop: (id) => json<Run>(`${run(id)}/stop`, post),
    resume: (id, of) =>
      json<Run>(`${run(id)}/resume`, { ...post, body: of === undefined ? {} : { version: of } }),
    discard: (id) => nothing(run(id), { method: "DELETE" }),
    star: (id, of, starred) => json<Run>(`${version(id, of)}/star`, { ...post, body: { starred } }),
    remove: (id, of, removed) => json<Run>(`${version(id, of)}/remove`, { ...post, body: { removed } }),
    versionPicture: (id, of) => bytes(`${version(id, of)}/picture`),
    fetchWeights: () => nothing("weights/fetch", post),
    addWeights: (file, name) =>
      nothing(`weights?name=${encodeURIComponent(name)}`, { method: "PUT", body: file }),
  };
}

async function failureIn(answer: Response): Promise<Failure> {
  const text = await answer.text();
  try {
    const said: unknown = JSON.parse(text);
    if (isFailure(said)) return said;
  } catch {
    // It is no JSON: something before the studio has answered.
  }
  return { message: `The studio answered ${answer.status} ${answer.statusText}.` };
}

const isFailure = (said: unknown): said is Failure =>
  said instanceof Object && "message" in said && typeof said.message === "string";

/** Listens while the page is seen, or has something to tell; the function that it returns ends that. */
function watchEvents(url: string, client: string, listener: (event: StudioEvent) => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let steering: string | undefined;
  const active = new Set<string>();

  function note(event: StudioEvent): void {
    if (event.kind === "all") active.clear();
    const told = event.kind === "all" ? event.runs : event.kind === "run" ? [event.run] : [];
    for (const run of told) {
      if (isActive(run)) active.add(run.id);
      else active.delete(run.id);
    }
    if (event.kind === "discarded") active.delete(event.id);
    if (event.kind === "all") steering = event.steering;
    if (event.kind === "steering") steering = event.client;
  }
  const close = (): void => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  function open(): void {
    close();
    const own = new EventSource(url);
    source = own;
    own.addEventListener("message", ({ data }) => {
      const event: StudioEvent = JSON.parse(data);
      note(event);
      listener(event);
      follow();
    });
    own.addEventListener("open", () => listener({ kind: "connection", connected: true }));
    own.addEventListener("error", () => {
      if (source !== own) return;
      listener({ kind: "connection", connected: false });
      // It tries again by itself where the connection broke, and not where the answer was no stream.
      if (own.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY);
    });
  }
  function follow(): void {
    const isWaitedFor = steering === client && active.size > 0;
    if (document.visibilityState === "hidden" && !isWaitedFor) close();
    else if (document.visibilityState === "visible" && source === undefined) open();
  }
  document.addEventListener("visibilitychange", follow);
  follow();
  return () => {
    document.removeEventListener("visibilitychange", follow);
    close();
  };
}

/**
 * The same after a reload, and another in each tab: a tab takes its name out of the storage while it lives, for a browser that
 * duplicates a tab copies that as well.
 */
function ownName(): string {
  const kept = sessionStorage.getItem(CLIENT) ?? crypto.randomUUID();
  sessionStorage.removeItem(CLIENT);
  addEventListener("pagehide", () => sessionStorage.setItem(CLIENT, kept));
  addEventListener("pageshow", () => sessionStorage.removeItem(CLIENT));
  return kept;
}
