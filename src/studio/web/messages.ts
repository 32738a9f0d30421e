/**
 * What the pages of one place and the studio that serves them say to each other within a browser. Everybody hears everything,
 * and each heeds what is for it; blobs pass without being copied.
 * @module
 */
import type { Answer } from "../../job/messages.ts";
import type { StudioEngine, StudioEvent } from "../engine.ts";

/** What a studio is asked for. */
export type Method = Exclude<keyof StudioEngine, "client" | "watch">;

/** The words that go with each question, and what each is answered with. */
export type Words = { readonly [M in Method]: Parameters<StudioEngine[M]> };
export type Answers = { readonly [M in Method]: Awaited<ReturnType<StudioEngine[M]>> };

/** What answers questions, as the compiler can follow it for any of them. */
export type Answering = { readonly [M in Method]: (...words: Words[M]) => Promise<Answers[M]> };

/** A page asks. */
export interface Question<M extends Method> {
  readonly kind: "question";
  readonly host: string;
  readonly client: string;
  readonly number: number;
  readonly method: M;
  readonly words: Words[M];
}

/** The studio answers. */
export interface Reply<M extends Method> {
  readonly kind: "reply";
  readonly client: string;
  readonly number: number;
  readonly method: M;
  readonly answer: Answer<Answers[M]>;
}

/** What is said beside questions. */
export type Note =
  /** A page looks for a studio. */
  | { readonly kind: "looking" }
  /** A page wants to know what happens. */
  | { readonly kind: "watching"; readonly host: string; readonly client: string }
  /** A studio is there. */
  | { readonly kind: "hosting"; readonly host: string }
  | { readonly kind: "event"; readonly client: string; readonly event: StudioEvent };

/** Any message. */
export type Message = Note | Question<Method> | Reply<Method>;

/** Where messages are called out. The caller does not hear its own. */
export interface Channel {
  postMessage(message: Message): void;
  addEventListener(kind: "message", heard: (event: { readonly data: Message }) => void): void;
}
