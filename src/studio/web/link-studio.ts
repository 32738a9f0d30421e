/**
 * A studio as a page sees it that hears it through a channel: what is asked waits for a studio to be there, and once that one
 * is gone, what only looks is asked of the next.
 * @module
 */
import { ImpastoError } from "../../errors.ts";
import { errorFrom } from "../../job/messages.ts";
import type { StudioEngine, StudioEvent } from "../engine.ts";
import type { Answering, Answers, Channel, Method, Reply, Words } from "./messages.ts";

/** What changes nothing can be asked twice. */
const LOOKS: readonly Method[] = [
  "about",
  "picture",
  "estimate",
  "runs",
  "losses",
  "preview",
  "versionPicture",
];

/** A question without an answer. */
interface Waiting<Value> {
  /** Says it to a studio. */
  post(host: string): void;
  resolve(value: Value): void;
  reject(error: Error): void;
}

/** A page's end of a channel. */
export interface Linked {
  readonly engine: StudioEngine;
  /** Lets fail whatever is asked as long as there is no studio. */
  fail(error: Error): void;
}

/** Makes a page's end of a channel. @param client the page's own name. */
export function linkStudio(channel: Channel, client: string): Linked {
  const waiting: { readonly [M in Method]: Map<number, Waiting<Answers[M]>> } = {
    about: new Map(),
    takeOver: new Map(),
    addPicture: new Map(),
    picture: new Map(),
    estimate: new Map(),
    begin: new Map(),
    runs: new Map(),
    losses: new Map(),
    preview: new Map(),
    steer: new Map(),
    keep: new Map(),
    stop: new Map(),
    resume: new Map(),
    discard: new Map(),
    star: new Map(),
    remove: new Map(),
    versionPicture: new Map(),
    fetchWeights: new Map(),
    addWeights: new Map(),
  };
  const listeners = new Set<(event: StudioEvent) => void>();
  let host: string | undefined;
  let failure: Error | undefined;
  let asked = 0;

  function ask<M extends Method>(method: M, words: Words[M]): Promise<Answers[M]> {
    return new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      asked += 1;
      const number = asked;
      const post = (to: string): void =>
        channel.postMessage({ kind: "question", host: to, client, number, method, words });
      // First, for what cannot be passed on is refused here, and no answer will come.
      if (host !== undefined) post(host);
      waiting[method].set(number, { post, resolve, reject });
    });
  }

  function receive<M extends Method>({ method, number, answer }: Reply<M>): void {
    const first = waiting[method].get(number);
    waiting[method].delete(number);
    if ("error" in answer) first?.reject(errorFrom(answer.error));
    else first?.resolve(answer.value);
  }

  const rejectAll = (error: Error, spared: readonly Method[] = []): void => {
    for (const [method, questions] of Object.entries(waiting)) {
      if (spared.some((one) => one === method)) continue;
      for (const { reject } of questions.values()) reject(error);
      questions.clear();
    }
  };

  /** Follows a studio that is there now. */
  function follow(next: string): void {
    if (host === next) return;
    if (host !== undefined) {
      rejectAll(
        new ImpastoError(
          "The page that painted was closed. What it had made is kept; do again what you wanted.",
        ),
        LOOKS,
      );
    }
    host = next;
    failure = undefined;
    for (const questions of Object.values(waiting)) for (const { post } of questions.values()) post(next);
    if (listeners.size > 0) channel.postMessage({ kind: "watching", host, client });
  }

  channel.addEventListener("message", ({ data }) => {
    if (data.kind === "hosting") follow(data.host);
    else if (data.kind === "reply" && data.client === client) receive(data);
    else if (data.kind === "event" && data.client === client) for (const tell of listeners) tell(data.event);
  });

  const methods: Answering = {
    about: (...words) => ask("about", words),
    takeOver: (...words) => ask("takeOver", words),
    addPicture: (...words) => ask("addPicture", words),
    picture: (...words) => ask("picture", words),
    estimate: (...words) => ask("estimate", words),
    begin: (...words) => ask("begin", words),
    runs: (...words) => ask("runs", words),
    losses: (...words) => ask("losses", words),
    preview: (...words) => ask("preview", words),
    steer: (...words) => ask("steer", words),
    keep: (...words) => ask("keep", words),
    stop: (...words) => ask("stop", words),
    resume: (...words) => ask("resume", words),
    discard: (...words) => ask("discard", words),
    star: (...words) => ask("star", words),
    remove: (...words) => ask("remove", words),
    versionPicture: (...words) => ask("versionPicture", words),
    fetchWeights: (...words) => ask("fetchWeights", words),
    addWeights: (...words) => ask("addWeights", words),
  };
  const engine: StudioEngine = {
    ...methods,
    client,
    watch(listener) {
      listeners.add(listener);
      if (host !== undefined) channel.postMessage({ kind: "watching", host, client });
      return () => {
        listeners.delete(listener);
      };
    },
  };
  // A studio that is there already answers this.
  channel.postMessage({ kind: "looking" });
  return {
    engine,
    fail(error) {
      if (host !== undefined) return;
      failure = error;
      rejectAll(error);
    },
  };
}
