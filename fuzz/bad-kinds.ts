/**
 * Kinds whose product does what none may, for the tests of the harness itself: the input says what.
 * @module
 */
import { ImpastoError } from "../src/errors.ts";
import type { Give, Kind } from "./kind.ts";

const give: Give = async (bytes) => {
  switch (Buffer.from(bytes).toString()) {
    case "throw":
      throw new TypeError("something was undefined");
    case "refuse":
      throw new ImpastoError("It is no picture; give another");
    case "refuse at length":
      throw new ImpastoError("x".repeat(100_000));
    case "hang":
      for (;;);
    case "abort":
      return process.abort();
    case "reject later":
      void Promise.reject(new Error("nobody waited"));
      return new Promise(() => {});
    case "hold":
      held.push(Buffer.alloc(2 ** 28, 1));
      return "taken";
    default:
      return "taken";
  }
};

const held: Uint8Array[] = [];

export const KINDS: readonly Kind[] = [
  {
    name: "bad",
    extension: ".txt",
    share: 1,
    seeds: async () => [Buffer.from("take")],
    input: ([seed = new Uint8Array()]) => seed,
    open: async () => give,
  },
];
