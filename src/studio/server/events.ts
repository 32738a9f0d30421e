/**
 * What happens, as a stream of server-sent events: numbered, the first of them all there is. Only as much is kept for a
 * reader as it has not taken: of each run the newest, and where even that becomes too much nothing, but all there is once
 * it reads again. So a reader that stops costs nothing and holds nobody up.
 * @module
 */
import type { StudioEngine, StudioEvent } from "../engine.ts";

/** How a stream is kept up. */
export interface FeedOptions {
  /** Milliseconds without an event after which a sign of life is sent. @default 15000 */
  readonly heartbeat?: number;
  /** Events that wait for a reader, at most. @default 256 */
  readonly most?: number;
  /** Ends the stream. */
  readonly signal: AbortSignal;
}

/** Milliseconds after which a page that lost the stream asks again. */
const RETRY = 1000;

/** Opens a stream; it watches until the reader goes away, or the signal says so. */
export function eventStream(
  engine: Pick<StudioEngine, "watch">,
  { heartbeat = 15_000, most = 256, signal }: FeedOptions,
): ReadableStream<Uint8Array> {
  const feed = openFeed(engine, most);
  const encoder = new TextEncoder();
  let number = 0;
  const end = (): void => feed.close();
  let left = false;
  const leave = (): void => {
    left = true;
    signal.removeEventListener("abort", end);
    feed.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        signal.addEventListener("abort", end);
        if (signal.aborted) end();
        controller.enqueue(encoder.encode(`retry: ${RETRY}\n\n`));
      },
      async pull(controller) {
        const event = await feed.next(heartbeat);
        if (event === "closed") {
          // A reader that left has closed it.
          if (!left) controller.close();
          leave();
          return;
        }
        controller.enqueue(encoder.encode(event === "nothing" ? ":\n\n" : written(++number, event)));
      },
      cancel: leave,
    },
    // Nothing is written before it is read: what is newest by then is what is sent.
    { highWaterMark: 0 },
  );
}

const written = (number: number, event: StudioEvent): string =>
  `id: ${number}\ndata: ${JSON.stringify(event)}\n\n`;

/** What waits for a reader. */
interface Feed {
  /** The oldest event, as soon as there is one; `nothing` after a while without. */
  next(milliseconds: number): Promise<StudioEvent | "nothing" | "closed">;
  close(): void;
}

function openFeed(engine: Pick<StudioEngine, "watch">, most: number): Feed {
  const waiting = new Map<string, StudioEvent>();
  let stop: (() => void) | undefined;
  let closed = false;
  let wake = (): void => {};

  function take(event: StudioEvent): void {
    if (closed) return;
    if (event.kind === "all") waiting.clear();
    if (event.kind === "discarded") waiting.delete(`run ${event.id}`);
    const key = keyOf(event);
    waiting.delete(key);
    waiting.set(key, event);
    if (waiting.size > most) forget();
    wake();
  }

  function forget(): void {
    stop?.();
    stop = undefined;
    waiting.clear();
  }

  function oldest(): StudioEvent | undefined {
    // Whoever begins to watch is told all there is.
    if (stop === undefined) stop = engine.watch(take);
    const [first] = waiting;
    if (first === undefined) return undefined;
    waiting.delete(first[0]);
    return first[1];
  }

  return {
    async next(milliseconds) {
      if (closed) return "closed";
      const ready = oldest();
      if (ready !== undefined) return ready;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = () => {};
      return closed ? "closed" : (oldest() ?? "nothing");
    },
    close() {
      closed = true;
      forget();
      wake();
    },
  };
}

/** Events of one key replace each other. */
function keyOf(event: StudioEvent): string {
  switch (event.kind) {
    case "run":
      return `run ${event.run.id}`;
    case "discarded":
      return `discarded ${event.id}`;
    default:
      return event.kind;
  }
}
