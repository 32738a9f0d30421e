/**
 * The options of a style transfer, as one schema: the library's type, the checks, the flags of the command line and the
 * studio's form all come from here. What is left out is the preset's to decide.
 * @module
 */
import * as z from "zod";
import { MisuseError } from "../errors.ts";
import { LONGEST_SIDE, SHORTEST_SIDE } from "../image/size.ts";
import { CONVENTIONS } from "../network/convention.ts";
import { LAYERS } from "../network/layers.ts";
import { EDGES, POOLINGS } from "../network/network.ts";
import { DEVICES } from "../runtime/runtime.ts";
import { COLORS } from "./colour.ts";
import { termOptions, weightOptions } from "./terms/table.ts";

/** The named ways of working; each is a file in `presets/`. */
export const PRESET_NAMES = ["impasto", "gatys", "notebook", "neural-style"] as const;

/** What minimises the loss. */
export const OPTIMIZERS = ["lbfgs", "adam"] as const;

/** The words of the option `init`; anything else is a file. */
export const STARTS = ["content", "noise", "style"] as const;

/** Whether the option `init` names a file. */
export const startsFromFile = (init: string): boolean => !STARTS.some((start) => start === init);

const AMOUNT = "a number of bytes, or an amount such as 4GB or 900MB";
const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** "1.5 GB" as 1.5e9; NaN for what is no amount. */
function bytesFrom(amount: string | number): number {
  if (typeof amount === "number") return amount;
  const [, number, unit = ""] = /^(\d+\.?\d*|\.\d+) ?([kmgt]?b?)$/i.exec(amount.trim()) ?? [];
  return Number(number) * UNITS[unit.slice(0, 1).toLowerCase()];
}

const isAmount = (bytes: number): boolean => bytes >= 1 && Number.isFinite(bytes);

const strength = z
  .number()
  .min(0)
  .max(1)
  .optional()
  .describe(
    "how strong the style is, 0 (close to the photograph) to 1, in place of the weights; 0.5 is the preset's own",
  );

/** What may be changed while a run goes on: what each term of the loss counts. */
export const steeringSchema = z.strictObject({
  strength,
  ...weightOptions,
  blend: z
    .array(z.number().min(0).finite())
    .min(1)
    .refine((weights) => weights.some((weight) => weight > 0), "a weight above 0")
    .optional()
    .describe("how much each style counts, in their order"),
});

/** Options as they are changed while a run goes on; what is left out stays as it is. */
export type Steering = Readonly<z.output<typeof steeringSchema>>;

/** The options, each with its description. Those without a default are the preset's. */
export const optionsSchema = z.strictObject({
  preset: z.enum(PRESET_NAMES).default("impasto").describe("the way of working"),
  size: z
    .union([z.literal("original"), z.int().min(SHORTEST_SIDE).max(LONGEST_SIDE)])
    .optional()
    .describe("longest side of the result in pixels; original is the photograph's own size"),
  iterations: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe("evaluations of loss and gradient at each size"),
  strength,
  styleScale: z
    .number()
    .min(0.05)
    .max(20)
    .default(1)
    .describe("size of brush strokes: styles are seen this much larger or smaller, up to their own size"),
  ...termOptions,
  color: z
    .enum(COLORS)
    .default("style")
    .describe(
      "whose colours: the style's; the photograph's (keep); the style's after it was given the photograph's palette (match); nothing but the style's colours (transfer-only)",
    ),
  scales: z.int().min(1).max(16).optional().describe("sizes to work through, the result's included"),
  edges: z.enum(EDGES).optional().describe("what lies beyond the picture's border"),
  pooling: z.enum(POOLINGS).optional().describe("how the network shrinks its picture"),
  optimizer: z.enum(OPTIMIZERS).optional().describe("what minimises the loss"),
  learningRate: z
    .number()
    .positive()
    .finite()
    .optional()
    .describe("step of the adam optimizer, in the preset's units"),
  history: z.int().min(1).max(1000).optional().describe("steps that the lbfgs optimizer remembers"),
  init: z
    .string()
    .min(1)
    .optional()
    .meta({
      description: "where to start: content, noise, style or a picture file",
      words: ["content", "noise", "style"],
    }),
  noiseRatio: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("how much noise the start is mixed with, from 0 to 1"),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe("seed of the noise"),
  network: z
    .string()
    .min(1)
    .default("auto")
    .meta({
      description: "auto, vgg19, built-in or a file of VGG-19 weights",
      words: ["auto", "vgg19", "built-in"],
    }),
  convention: z
    .enum(["auto", ...CONVENTIONS])
    .default("auto")
    .describe("the input that a file of weights was made for, where it is not recognised"),
  depth: z
    .literal([8, 16])
    .optional()
    .describe("bits a channel of the file; 16 in a PNG or TIFF, 8 if not given"),
  profile: z
    .enum(["srgb", "display-p3"])
    .optional()
    .describe("the colours that are worked with and written; display-p3 has more of them, srgb if not given"),
  device: z.enum(DEVICES).default("auto").describe("where to compute"),
  memory: z.union([z.string(), z.number()]).transform(bytesFrom).refine(isAmount, AMOUNT).optional().meta({
    description: "memory the whole process may use, such as 4GB; most of what is available if not given",
    expected: AMOUNT,
  }),
  threads: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .describe("CPU threads to use; all cores if not given, and another number changes the picture a little"),
});

/** Options with their defaults filled in. */
export type Options = Readonly<z.output<typeof optionsSchema>>;

/** Options as a caller writes them. */
export type OptionsInput = Readonly<z.input<typeof optionsSchema>>;

/** The name of an option. */
export type OptionName = keyof typeof optionsSchema.shape;

/** One option as a flag or a form shows it. */
export interface OptionField {
  readonly name: string;
  readonly kind: "choice" | "integer" | "number" | "text" | "layers";
  readonly description: string;
  /** What a value must be, for a person: "a whole number from 16 to 65536". */
  readonly expected: string;
  /** The words that it takes: all there are of a choice; where a text has any, everything else names a file. */
  readonly words: readonly string[];
  /** Absent where the preset decides. */
  readonly default?: string | number;
}

/** The options in the schema's order, described for whoever asks a person for them. */
export function optionFields(): readonly OptionField[] {
  const { properties = {} } = z.toJSONSchema(optionsSchema, { io: "input" });
  return Object.entries(properties).flatMap(([name, field]) =>
    typeof field === "boolean" ? [] : [describeField(name, field)],
  );
}

function describeField(name: string, described: z.core.JSONSchema.BaseSchema): OptionField {
  const { description = "", default: value } = described;
  const { words, field } = wordsApart(described);
  const known = typeof value === "string" || typeof value === "number" ? { default: value } : {};
  const kind = kindOf(field);
  const expected = typeof field.expected === "string" ? field.expected : expectation(kind, field);
  return {
    name,
    kind,
    description,
    expected: [...words, expected].join(" or "),
    words: [...words, ...ownWords(field)],
    ...known,
  };
}

/** Those of a choice, or those that are named with a text. */
const ownWords = ({ enum: choices, words }: z.core.JSONSchema.BaseSchema): readonly string[] =>
  choices?.map(String) ?? (Array.isArray(words) ? words.map(String) : []);

/** A union of words and one other kind, such as `original` or a number, taken apart. */
function wordsApart(field: z.core.JSONSchema.BaseSchema) {
  const members = field.anyOf ?? [];
  const words = members.flatMap(({ const: word }) => (typeof word === "string" ? [word] : []));
  return { words, field: members.find((member) => member.const === undefined) ?? field };
}

function kindOf({ enum: choices, type }: z.core.JSONSchema.BaseSchema): OptionField["kind"] {
  if (choices !== undefined) return "choice";
  if (type === "object") return "layers";
  return type === "integer" || type === "number" ? type : "text";
}

function expectation(kind: OptionField["kind"], field: z.core.JSONSchema.BaseSchema): string {
  switch (kind) {
    case "choice":
      return `one of ${field.enum?.join(", ")}`;
    case "layers":
      return `layers from ${LAYERS[0]} to ${LAYERS.at(-1)} with finite weights of at least 0, one of them above 0`;
    case "text":
      return "a text that is not empty";
    default:
      return `a ${kind === "integer" ? "whole" : "finite"} number ${rangeOf(field)}`;
  }
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: z.core.JSONSchema.BaseSchema): string {
  if (exclusiveMinimum !== undefined) return `above ${exclusiveMinimum}`;
  return maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
}

/**
 * Checks options and fills in defaults.
 * @param nameOf what to call an option in messages, where it is not by its name.
 * @throws MisuseError naming the option, what was expected and what was received.
 * @example parseOptions({ size: 512, preset: "gatys" })
 */
export const parseOptions = (input: unknown, nameOf = (option: string): string => option): Options =>
  parse(optionsSchema, input, nameOf);

/**
 * Checks what is to be changed while a run goes on.
 * @throws MisuseError naming the option, what was expected and what was received.
 * @example parseSteering({ strength: 0.8 })
 */
export const parseSteering = (input: unknown): Steering => parse(steeringSchema, input, (option) => option);

function parse<Output>(
  schema: z.ZodType<Output>,
  input: unknown,
  nameOf: (option: string) => string,
): Output {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new MisuseError(issue ? explain(issue, input, nameOf) : "Expected options as an object.");
}

function explain(issue: z.core.$ZodIssue, input: unknown, nameOf: (option: string) => string): string {
  const [option] = issue.path;
  if (option === undefined) {
    return issue.code === "unrecognized_keys"
      ? `There is no option ${issue.keys.join(", ")}.`
      : `Expected options as an object but received ${print(input)}.`;
  }
  const name = String(option);
  const field = optionFields().find((candidate) => candidate.name === name);
  const received: unknown = input instanceof Object ? Reflect.get(input, option) : undefined;
  return `Expected ${field?.expected ?? issue.message} for ${nameOf(name)} but received ${print(received)}.`;
}

/** Numbers as they are, NaN and Infinity included; the rest as JSON has it, or by its kind where JSON has no way. */
function print(value: unknown): string {
  if (typeof value === "number") return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `a ${typeof value}`;
  }
}
