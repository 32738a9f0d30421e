import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { MisuseError } from "../errors.ts";
import { LAYERS } from "../network/layers.ts";
import { optionFields, optionsSchema, PRESET_NAMES, parseOptions } from "./options.ts";

const NAMES = Object.keys(optionsSchema.shape);

/** Values of an option that the schema allows. */
function validValues(name: string): fc.Arbitrary<unknown> {
  const field = z.toJSONSchema(optionsSchema, { io: "input" }).properties?.[name];
  if (field === undefined || typeof field === "boolean") throw new Error(`No schema for ${name}`);
  const { enum: choices, type, minimum, maximum, exclusiveMinimum } = field;
  if (choices) return fc.constantFrom(...choices);
  if (name === "size") return fc.oneof(fc.constant("original"), fc.integer({ min: 16, max: 65_536 }));
  if (name === "memory") return fc.integer({ min: 1 });
  if (type === "integer") return fc.integer({ min: minimum ?? 0, max: maximum ?? 2 ** 32 - 1 });
  if (type === "string") return fc.string({ minLength: 1 });
  if (type === "number") {
    return fc.double({
      min: typeof exclusiveMinimum === "number" ? exclusiveMinimum : (minimum ?? 0),
      max: maximum ?? Number.MAX_VALUE,
      minExcluded: exclusiveMinimum !== undefined,
      noNaN: true,
      noDefaultInfinity: true,
    });
  }
  const weights = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
  return fc
    .dictionary(fc.constantFrom(...LAYERS), weights, { minKeys: 1, noNullPrototype: true })
    .filter((layers) => Object.values(layers).some((weight) => weight > 0));
}

const validOptions = fc.record(Object.fromEntries(NAMES.map((name) => [name, validValues(name)])), {
  requiredKeys: [],
  noNullPrototype: true,
});

/** What `parse` throws, if anything. */
function thrownBy(parse: () => unknown): unknown {
  try {
    parse();
    return undefined;
  } catch (error) {
    return error;
  }
}

const expectMisuse = (input: unknown): void =>
  expect(thrownBy(() => parseOptions(input))).toBeInstanceOf(MisuseError);

const expectAnswerOrMisuse = (input: unknown): void => {
  const error = thrownBy(() => parseOptions(input));
  if (error !== undefined) expect(error).toBeInstanceOf(MisuseError);
};

describe("Options", () => {
  test("of any kind are taken or refused as misuse, whatever they are", () => {
    fc.assert(fc.property(fc.anything(), expectAnswerOrMisuse));
  });

  test("with any value under a known name are taken or refused as misuse", () => {
    const values = fc.anything({ withDate: true, withMap: true, withSet: true, withTypedArray: true });
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), values, (name, value) =>
        expectAnswerOrMisuse({ [name]: value }),
      ),
      { numRuns: 1000 },
    );
  });

  const circular: Record<string, unknown> = {};
  circular.self = circular;

  test.each([
    ["a function", () => 512],
    ["a symbol", Symbol("size")],
    ["a map", new Map([[1n, 1n]])],
    ["an object without a prototype", Object.create(null)],
  ])("are refused as misuse where one is %s", (_, size) => {
    expectMisuse({ size });
    expectAnswerOrMisuse(size);
  });

  test.each([
    ["a big number", 1n],
    ["an object that holds itself", circular],
    ["an array with a big number", [1n]],
  ])("are refused as misuse where one is %s", (_, size) => {
    expectMisuse({ size });
  });

  test("that are valid come back as they were given, with defaults for the rest", () => {
    const defaults = parseOptions({});
    fc.assert(
      fc.property(validOptions, (given) => {
        expect(parseOptions(given)).toEqual({ ...defaults, ...given });
      }),
    );
  });

  test("that were parsed can be parsed again, also after a way through JSON", () => {
    fc.assert(
      fc.property(validOptions, (given) => {
        const once = parseOptions(given);
        expect(parseOptions(once)).toEqual(once);
        const through = parseOptions(JSON.parse(JSON.stringify(once)));
        // JSON has no −0.
        expect(JSON.stringify(through)).toBe(JSON.stringify(once));
      }),
    );
  });

  test("have defaults where no preset decides", () => {
    expect(parseOptions({})).toMatchObject({ preset: "impasto", seed: 0, network: "auto", device: "auto" });
  });

  test.each([
    [{ size: 15 }, "Expected original or a whole number from 16 to 65536 for size but received 15."],
    [{ size: 65_537 }, "Expected original or a whole number from 16 to 65536 for size but received 65537."],
    [{ size: 20.5 }, "Expected original or a whole number from 16 to 65536 for size but received 20.5."],
    [{ size: "512" }, 'Expected original or a whole number from 16 to 65536 for size but received "512".'],
    [{ size: Number.NaN }, "Expected original or a whole number from 16 to 65536 for size but received NaN."],
    [{ size: null }, "Expected original or a whole number from 16 to 65536 for size but received null."],
    [{ size: "own" }, 'Expected original or a whole number from 16 to 65536 for size but received "own".'],
    [{ size: [512] }, "Expected original or a whole number from 16 to 65536 for size but received [512]."],
    [{ contentWeight: -1 }, "Expected a finite number of at least 0 for contentWeight but received -1."],
    [
      { styleWeight: Number.POSITIVE_INFINITY },
      "Expected a finite number of at least 0 for styleWeight but received Infinity.",
    ],
    [{ learningRate: 0 }, "Expected a finite number above 0 for learningRate but received 0."],
    [{ seed: 2 ** 32 }, "Expected a whole number from 0 to 4294967295 for seed but received 4294967296."],
    [{ optimizer: "sgd" }, 'Expected one of lbfgs, adam for optimizer but received "sgd".'],
    [{ pooling: "mean" }, 'Expected one of max, average, l2 for pooling but received "mean".'],
    [{ init: "" }, 'Expected a text that is not empty for init but received "".'],
    [{ sise: 512 }, "There is no option sise."],
    [{ size: 512, b: 1, a: 2 }, "There is no option b, a."],
    ["impasto", 'Expected options as an object but received "impasto".'],
    [undefined, "Expected options as an object but received undefined."],
    [null, "Expected options as an object but received null."],
    [[], "Expected options as an object but received []."],
  ])("like %j are refused by name, with what was expected and received", (input, message) => {
    expect(() => parseOptions(input)).toThrow(new MisuseError(message));
  });

  test.each([
    [{ conv9_9: 1 }, '{"conv9_9":1}'],
    [{ conv1_1: -1 }, '{"conv1_1":-1}'],
    [{ conv1_1: 0 }, '{"conv1_1":0}'],
    [{}, "{}"],
    [["conv1_1"], '["conv1_1"]'],
  ])("whose layers are %j are refused with what layers should be", (styleLayers, received) => {
    expect(() => parseOptions({ styleLayers })).toThrow(
      `Expected layers from conv1_1 to conv5_4 with finite weights of at least 0, one of them above 0 for styleLayers but received ${received}.`,
    );
  });

  test("are called in messages what the caller calls them", () => {
    expect(() => parseOptions({ contentWeight: "x" }, (name) => `--${name.toUpperCase()}`)).toThrow(
      'for --CONTENTWEIGHT but received "x".',
    );
  });
});

describe("The fields of the options", () => {
  const fields = optionFields();

  test("are every key of the schema, in its order", () => {
    expect(fields.map(({ name }) => name)).toEqual(NAMES);
  });

  test("say what each is, what it must be, and what it is by default", () => {
    const defaults: Readonly<Record<string, unknown>> = parseOptions({});
    for (const { name, description, expected, default: value } of fields) {
      expect(description, name).toMatch(/^\S.+/);
      expect(expected, name).toMatch(/^(original or a |a |one of |layers )/);
      expect(expected, name).not.toContain("undefined");
      expect(value, name).toEqual(defaults[name]);
    }
  });

  test("have the kind a form would give them", () => {
    const kinds = new Map(fields.map(({ name, kind }) => [name, kind]));
    expect(kinds.get("preset")).toBe("choice");
    expect(kinds.get("size")).toBe("integer");
    expect(kinds.get("contentWeight")).toBe("number");
    expect(kinds.get("init")).toBe("text");
    expect(kinds.get("styleLayers")).toBe("layers");
    expect(fields.find(({ name }) => name === "preset")?.expected).toBe(`one of ${PRESET_NAMES.join(", ")}`);
  });

  test("expect of a value exactly what the check allows", () => {
    for (const { name, kind, expected } of fields) {
      const [, least, most] = /a whole number from (\d+) to (\d+)$/.exec(expected) ?? [];
      if (kind !== "integer") continue;
      const [min, max] = [Number(least), Number(most)];
      for (const value of [min, max]) expect(() => parseOptions({ [name]: value })).not.toThrow();
      for (const value of [min - 1, max + 1]) expect(() => parseOptions({ [name]: value })).toThrow(expected);
    }
  });
});

describe("An amount of memory", () => {
  test.each([
    ["4GB", 4e9],
    ["900MB", 900e6],
    ["1.5 gb", 1.5e9],
    ["2g", 2e9],
    ["64k", 64e3],
    ["4000000000", 4e9],
    [4e9, 4e9],
  ])("of %j is %d bytes", (memory, bytes) => {
    expect(parseOptions({ memory }).memory).toBe(bytes);
  });

  test.each(["", "GB", "-4GB", "4 elephants", "4GBs", 0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    "of %j is misuse",
    (memory) => {
      expect(() => parseOptions({ memory })).toThrow(
        /^Expected a number of bytes, or an amount .* for memory but/,
      );
    },
  );
});
