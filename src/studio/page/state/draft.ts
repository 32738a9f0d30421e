/**
 * What a person has chosen so far, as one value: nothing of it is lost while it can be written down, and whatever is done
 * to it can be undone by putting the value before it back. It knows of no page and of no run.
 * @module
 */
import * as z from "zod";
import { chosenOptions } from "./options.ts";

const picture = z.object({
  id: z.string(),
  name: z.string(),
  width: z.number().positive(),
  height: z.number().positive(),
});

const stroke = z.object({
  erase: z.boolean(),
  /** Of the longer side. */
  radius: z.number().positive(),
  /** x and y in turn, in parts of width and height. */
  points: z.array(z.number()).min(2),
});

const style = z.object({
  picture,
  weight: z.number().min(0),
  /** Where it paints; everywhere without a stroke. */
  mask: z.array(stroke),
});

const draftSchema = z.object({
  photograph: picture.optional(),
  styles: z.array(style).max(16),
  /** Where the photograph stays; nowhere without a stroke. */
  keep: z.array(stroke),
  options: chosenOptions,
});

/** A picture that the studio holds, as far as the page has to know it. */
export type PictureRef = Readonly<z.output<typeof picture>>;

/** One movement of the brush. */
export type Stroke = Readonly<z.output<typeof stroke>>;

/** A painting, how much it counts, and where. */
export type DraftStyle = Readonly<z.output<typeof style>>;

/** All that was chosen. */
export type Draft = Readonly<z.output<typeof draftSchema>>;

/** What a mask is for: the photograph that stays, or a painting by its place. */
export type MaskTarget = "keep" | number;

export const EMPTY_DRAFT: Draft = { styles: [], keep: [], options: {} };

/** The most paintings that a run takes. */
export const MOST_STYLES = 16;

/** A draft as it was written down; undefined for what is none. */
export function draftFrom(text: string | undefined): Draft | undefined {
  if (text === undefined) return undefined;
  try {
    return draftSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** With another photograph; what was painted on the old one as a mask does not fit it. */
export const withPhotograph = (draft: Draft, photograph: PictureRef): Draft => ({
  ...draft,
  photograph,
  keep: [],
  styles: draft.styles.map((one) => ({ ...one, mask: [] })),
});

export const withStyleAdded = (draft: Draft, added: PictureRef): Draft => ({
  ...draft,
  styles: [...draft.styles, { picture: added, weight: 1, mask: [] }].slice(0, MOST_STYLES),
});

export const withStyleRemoved = (draft: Draft, place: number): Draft => ({
  ...draft,
  styles: draft.styles.filter((_, index) => index !== place),
});

/** With one painting changed. */
export const withStyle = (draft: Draft, place: number, change: Partial<DraftStyle>): Draft => ({
  ...draft,
  styles: draft.styles.map((one, index) => (index === place ? { ...one, ...change } : one)),
});

/** The strokes of a mask. */
export const strokesOf = (draft: Draft, target: MaskTarget): readonly Stroke[] =>
  target === "keep" ? draft.keep : (draft.styles[target]?.mask ?? []);

/** With other strokes in a mask. */
export const withStrokes = (draft: Draft, target: MaskTarget, strokes: readonly Stroke[]): Draft =>
  target === "keep" ? { ...draft, keep: [...strokes] } : withStyle(draft, target, { mask: [...strokes] });
