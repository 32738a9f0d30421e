/**
 * The options of a style transfer, as one schema: the library's type, the checks, the flags of the command line and the
 * studio's form all come from here. What is left out is the preset's to decide.
 * @module
 */
import { z } from "zod";
import { MisuseError } from "../errors.ts";
import { LAYERS, type Layer } from "../network/layers.ts";
import { POOLINGS } from "../network/network.ts";
import { DEVICES } from "../runtime/runtime.ts";

/** The named ways of working; each is a file in `presets/`. */
export const PRESET_NAMES = ["impasto", "gatys", "notebook", "neural-style"] as const;

/** What minimises the loss. */
export const OPTIMIZERS = ["lbfgs", "adam"] as const;

/** Layers and how much each weighs. */
export type LayerWeights = Readonly<Partial<Record<Layer, number>>>;

const weight = (description: string) => z.number().min(0).finite().optional().describe(description);

const layerWeights = (description: string) =>
  z
    .partialRecord(z.enum(LAYERS), z.number().min(0).finite())
    .refine(
      (layers) => Object.values(layers).some((value) => value > 0),
      "at least one layer with a weight above 0",
    )
    .optional()
    .describe(description);

/** The options, each with its description. Those without a default are the preset's. */
export const optionsSchema = z.strictObject({
  preset: z.enum(PRESET_NAMES).default("impasto").describe("the way of working"),
  size: z.int().min(16).max(65_536).optional().describe("longest side of the result in pixels"),
  iterations: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe("evaluations of loss and gradient at each size"),
  contentWeight: weight("how much the photograph's content counts, in the preset's units"),
  styleWeight: weight("how much the style counts at each layer, in the preset's units"),
  smoothnessWeight: weight("how much differences between neighbouring pixels count, in the preset's units"),
  contentLayers: layerWeights("layers whose features are the content, with their weights"),
  styleLayers: layerWeights("layers whose Gram matrices are the style, with their weights"),
  pooling: z.enum(POOLINGS).optional().describe("how the network shrinks its picture"),
  optimizer: z.enum(OPTIMIZERS).optional().describe("what minimises the loss"),
  learningRate: z
    .number()
    .positive()
    .finite()
    .optional()
    .describe("step of the adam optimizer, in the preset's units"),
  history: z.int().min(1).max(1000).optional().describe("steps that the lbfgs optimizer remembers"),
  init: z.string().min(1).optional().describe("where to start: content, noise or a picture file"),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe("seed of the noise"),
  network: z.string().min(1).default("auto").describe("auto, vgg19, built-in or a file of VGG-19 weights"),
  device: z.enum(DEVICES).default("auto").describe("where to compute"),
  threads: z.int().min(1).max(1024).optional().describe("CPU threads to use; all cores if not given"),
});

/** Options with their defaults filled in. */
export type Options = Readonly<z.output<typeof optionsSchema>>;

/** Options as a caller writes them. */
export type OptionsInput = Readonly<z.input<typeof optionsSchema>>;

/**
 * Checks options and fills in defaults.
 * @throws MisuseError naming the option, what was expected and what was received.
 * @example parseOptions({ size: 512, preset: "gatys" })
 */
export function parseOptions(input: unknown): Options {
  const parsed = optionsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new MisuseError(issue ? explain(issue, input) : "Expected options as an object.");
}

function explain(issue: z.core.$ZodIssue, input: unknown): string {
  if (issue.code === "unrecognized_keys") return `There is no option ${issue.keys.join(", ")}.`;
  const received = issue.path.reduce<unknown>(
    (value, key) => (value instanceof Object ? Reflect.get(value, key) : undefined),
    input,
  );
  return `Expected ${expectation(issue)} for ${issue.path.join(".")} but received ${print(received)}.`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `one of ${issue.values.join(", ")}`;
    case "too_small":
      return `${issue.origin === "int" ? "a whole number" : "a number"} ${issue.inclusive ? "of at least" : "above"} ${issue.minimum}`;
    case "too_big":
      return `${issue.origin === "int" ? "a whole number" : "a number"} of at most ${issue.maximum}`;
    case "invalid_type":
      return issue.expected === "int" ? "a whole number" : `a ${issue.expected}`;
    case "invalid_key":
      return `one of ${LAYERS.join(", ")}`;
    default:
      return issue.message;
  }
}

const print = (value: unknown): string => (typeof value === "string" ? `"${value}"` : String(value));
