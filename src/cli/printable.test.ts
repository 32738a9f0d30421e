import fc from "fast-check";
import { expect, it } from "vitest";
import { describeFailure } from "./failure.ts";
import { printable, printableJson, printableLines } from "./printable.ts";

/** Text with much of what a terminal acts on. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ..."\u001b\u009b\u0007\u0085\u007f\u061c\u200e\u202e\u2066\u2028\r\t\n",
      "é",
      "🌌",
      "[31m",
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
});
const ACTED_ON = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

it("shows what a terminal would act on, and leaves all other text as it is", () => {
  expect(printable("a\u001b[31mb\u202egnp.exe é 🌌")).toBe("a\\u001b[31mb\\u202egnp.exe é 🌌");
  expect(printableLines("a\nb\r")).toBe("a\nb\\u000d");
  const property = fc.property(hostile, (text) => {
    expect(printable(text)).not.toMatch(ACTED_ON);
  });
  fc.assert(property);
});

it("writes JSON that means the same", () => {
  const property = fc.property(hostile, fc.nat(2), (text, indent) => {
    const json = printableJson({ [text]: [text] }, indent);
    expect(json.replaceAll("\n", "")).not.toMatch(ACTED_ON);
    expect(JSON.parse(json)).toEqual({ [text]: [text] });
  });
  fc.assert(property);
});

it("says what went wrong without acting on it, with the stack and without", () => {
  const property = fc.property(hostile, fc.boolean(), (text, debug) => {
    expect(describeFailure(new Error(text), debug).message.replaceAll("\n", "")).not.toMatch(ACTED_ON);
  });
  fc.assert(property);
});
