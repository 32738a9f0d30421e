/**
 * The recipe that a dropped picture carries, as far as a page may follow it: options of the schema, pictures by their
 * checksums. It comes from anywhere, so that nothing of it is believed but what the schema takes.
 * @module
 */
import * as z from "zod";
import { type ChosenOptions, choose, chosenOptions, type Difference, differencesBetween } from "./options.ts";

const input = z.object({ name: z.string(), checksum: z.string() });

const carried = z.object({
  options: z.record(z.string(), z.unknown()),
  network: input.optional(),
  content: input,
  styles: z
    .array(input.extend({ weight: z.number().min(0).default(1) }))
    .min(1)
    .max(16),
  steered: z.boolean().optional(),
});

/** A picture that a recipe names. */
export interface NamedPicture {
  readonly id: string;
  readonly name: string;
}

/** What can be had again. */
export interface DroppedRecipe {
  readonly options: ChosenOptions;
  readonly differences: readonly Difference[];
  readonly content: NamedPicture;
  readonly styles: readonly (NamedPicture & { readonly weight: number })[];
  /** It alone does not make such a picture. */
  readonly steered: boolean;
}

/** The recipe against what is chosen now; undefined for what is none. */
export function recipeFrom(recipe: unknown, now: ChosenOptions): DroppedRecipe | undefined {
  const { data } = carried.safeParse(typeof recipe === "string" ? parsed(recipe) : recipe);
  if (data === undefined) return undefined;
  const options = optionsFrom(data.options);
  return {
    options,
    differences: differencesBetween(now, options),
    content: named(data.content),
    styles: data.styles.map((style) => ({ ...named(style), weight: style.weight })),
    steered: data.steered ?? false,
  };
}

/** Each option by itself: one that is not for pages does not spoil the others. */
function optionsFrom(given: Readonly<Record<string, unknown>>): ChosenOptions {
  let options: ChosenOptions = {};
  for (const [name, value] of Object.entries(given)) {
    if (!(name in chosenOptions.shape)) continue;
    options = choose(options, name, value).options ?? options;
  }
  return options;
}

const named = ({ name, checksum }: z.output<typeof input>): NamedPicture => ({ name, id: checksum });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
