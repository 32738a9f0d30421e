import { beforeAll, describe, expect, test } from "vitest";
import { relativeError } from "../../../test/evaluate.ts";
import { colours, narrowEngine, type WatchedEngine } from "../../../test/narrow-engine.ts";
import { leastRegion } from "../blocks.ts";
import type { Evaluation } from "../objective.ts";
import { optionsSchema, PRESET_NAMES, parseOptions, steeringSchema } from "../options.ts";
import { prepareObjective } from "../prepare.ts";
import { resolveSettings, type Settings, steeringOf } from "../settings.ts";
import { measuredTerms, TERM_KINDS, termOptions, termsOf, weightOptions } from "./table.ts";

describe.each(TERM_KINDS.map((kind) => [kind.name, kind] as const))("The kind of loss %s", (name, kind) => {
  test("has its options among those of a transfer, with a description, left to the preset", () => {
    for (const [option, schema] of Object.entries(kind.options)) {
      expect(Reflect.get(optionsSchema.shape, option), option).toBe(schema);
      expect(Reflect.get(termOptions, option), option).toBe(schema);
      expect(schema.description, option).toBeTruthy();
      expect(schema.safeParse(undefined), option).toEqual({ success: true, data: undefined });
    }
    // Presets may leave a kind's choices to the kind.
    for (const preset of PRESET_NAMES)
      expect(Object.keys(resolveSettings(parseOptions({ preset })))).toEqual(
        expect.arrayContaining(Object.keys(kind.options)),
      );
  });

  test("has its weights, and nothing else of its options, among what may be steered", () => {
    expect(Object.keys(kind.options)).toEqual(expect.arrayContaining(Object.keys(kind.weights)));
    for (const [option, schema] of Object.entries(kind.options)) {
      const isWeight = option in kind.weights;
      expect(Reflect.get(steeringSchema.shape, option), option).toBe(isWeight ? schema : undefined);
      expect(option in weightOptions, option).toBe(isWeight);
    }
  });

  test("has its weights in what a run says of its steering", () => {
    const settings = resolveSettings(parseOptions({ preset: "gatys" }));
    expect(Object.keys(steeringOf(settings))).toEqual(expect.arrayContaining(Object.keys(kind.weights)));
  });

  test("says how it is measured", () => {
    const measured = Object.entries(kind.measured);
    expect(measured).not.toEqual([]);
    for (const [option, value] of measured) {
      expect(option in kind.options, option).toBe(true);
      expect(Reflect.get(measuredTerms, option), option).toBe(value);
    }
  });

  test("has terms by its own name, whether or not they count", () => {
    const settings = resolveSettings(parseOptions({ preset: "gatys" }));
    const terms = termsOf(settings).filter((term) => term.name.split(".")[0] === name);
    expect(terms.length).toBeGreaterThan(0);
    expect(terms.map((term) => term.name)).toEqual(kind.terms(settings, [false]).map((term) => term.name));
  });
});

test("No two terms have one name, and every one is of some kind", () => {
  for (const preset of PRESET_NAMES) {
    const names = termsOf(resolveSettings(parseOptions({ preset }))).map((term) => term.name);
    expect(new Set(names).size).toBe(names.length);
    const kinds: readonly string[] = TERM_KINDS.map((kind) => kind.name);
    for (const name of names) expect(kinds).toContain(name.split(".")[0]);
  }
});

describe("Every term alone", () => {
  let engine: WatchedEngine;
  beforeAll(async () => {
    engine = await narrowEngine();
  });

  const size = { width: 345, height: 150 };
  const subject = {
    photograph: colours(size.width, size.height, 1),
    styles: [{ picture: colours(60, 50, 2), weight: 1 }],
  };
  const point = colours(size.width, size.height, 3).rgb;

  /** What an objective that looks at so many pixels at once says when one term after another has a weight, and no other. */
  async function oneByOne(settings: Settings, mostPixels: number): Promise<ReadonlyMap<string, Evaluation>> {
    const terms = termsOf(settings);
    // A preset may level its gradient, which is the same whatever it is made of.
    const plain = { ...settings, levelled: false };
    const prepared = await prepareObjective(size, subject, engine, plain, terms, mostPixels);
    const found = new Map<string, Evaluation>();
    for (const { name } of terms) {
      const weights = Object.fromEntries(terms.map((term) => [term.name, term.name === name ? 2 : 0]));
      const { loss, gradient } = await prepared.evaluate(point, weights);
      found.set(name, { loss, gradient: gradient.slice() });
    }
    await prepared.release();
    return found;
  }

  test.each(PRESET_NAMES)(
    "is in blocks what it is in the whole picture, and nothing else is: %s",
    async (preset) => {
      const settings = resolveSettings(parseOptions({ preset }));
      const whole = await oneByOne(settings, Number.POSITIVE_INFINITY);
      const blockwise = await oneByOne(settings, leastRegion(["conv5_1"]));
      expect([...whole.keys()]).toEqual(termsOf(settings).map((term) => term.name));
      for (const [name, { loss, gradient }] of whole) {
        expect(loss.terms[name], name).toBeGreaterThan(0);
        expect(
          Object.values(loss.terms).filter((value) => value !== 0),
          name,
        ).toEqual([loss.terms[name]]);
        expect(loss.total, name).toBe(loss.terms[name]);
        expect(
          gradient.some((value) => value !== 0),
          name,
        ).toBe(true);
        const other = blockwise.get(name);
        expect(Object.keys(other?.loss.terms ?? {}).sort()).toEqual(Object.keys(loss.terms).sort());
        for (const value of [other?.loss.total, other?.loss.terms[name]]) {
          expect(relativeError([value ?? 0], [loss.total]), name).toBeLessThan(2e-4);
        }
        expect(relativeError(other?.gradient ?? [], gradient), name).toBeLessThan(1e-4);
      }
    },
  );
});
