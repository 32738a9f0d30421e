/**
 * Lets pages use a studio that runs elsewhere in the same browser: answers their questions, each with what the studio has for
 * that page, and tells them what happens as long as they are there.
 * @module
 */
import { plainError } from "../../job/messages.ts";
import type { StudioEngine } from "../engine.ts";
import type { Answering, Channel, Method, Question } from "./messages.ts";

/** A studio as far as it is used here. */
export interface Connecting {
  /** What a page may do, by the page's name. */
  connect(client: string): StudioEngine;
}

/** Where a studio is hosted. */
export interface Hosting {
  readonly channel: Channel;
  /** This studio's name among those that pages have known. */
  readonly host: string;
  /** Resolves once a page is closed. */
  gone(client: string): Promise<unknown>;
}

/** A page that is there. */
interface Connected {
  readonly engine: Answering;
  watch(): void;
  end(): void;
}

/** Begins to answer. */
export function hostStudio(studio: Connecting, { channel, host, gone }: Hosting): void {
  const pages = new Map<string, Connected>();

  function pageOf(client: string): Connected {
    const known = pages.get(client);
    if (known) return known;
    const engine = studio.connect(client);
    let end = (): void => {};
    const page: Connected = {
      engine,
      watch() {
        // Once more, where the page may have missed something: everything comes first. It never ceases to watch meanwhile.
        const endBefore = end;
        end = engine.watch((event) => channel.postMessage({ kind: "event", client, event }));
        endBefore();
      },
      end: () => end(),
    };
    pages.set(client, page);
    void gone(client).then(() => {
      page.end();
      pages.delete(client);
    });
    return page;
  }

  async function answer<M extends Method>({ client, number, method, words }: Question<M>): Promise<void> {
    const given = await pageOf(client)
      .engine[method](...words)
      .then(
        (value) => ({ value }),
        (error: unknown) => ({ error: plainError(error) }),
      );
    channel.postMessage({ kind: "reply", client, number, method, answer: given });
  }

  channel.addEventListener("message", ({ data }) => {
    if (data.kind === "looking") channel.postMessage({ kind: "hosting", host });
    else if (data.kind === "watching" && data.host === host) pageOf(data.client).watch();
    else if (data.kind === "question" && data.host === host) void answer(data);
  });
  channel.postMessage({ kind: "hosting", host });
}
