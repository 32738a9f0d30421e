/**
 * Files that are dropped, pasted or chosen: photographs, paintings, pictures with a recipe, weights. What is none of these is
 * answered with a sentence.
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { StoredPicture, StudioEngine } from "../../engine.ts";
import { type Draft, type PictureRef, withPhotograph, withStyleAdded } from "./draft.ts";
import type { Drafts } from "./drafts.ts";
import { type DroppedRecipe, type NamedPicture, recipeFrom } from "./dropped-recipe.ts";
import { failureOf } from "./failure.ts";
import type { Notices } from "./notices.ts";
import type { Ports } from "./ports.ts";

/** What a picture is to be. */
export type Purpose = "photograph" | "painting";

/** A file by its name and bytes. */
export interface GivenFile {
  readonly name: string;
  readonly blob: Blob;
}

/** A picture of impasto's, and what can be made of it. */
export interface RecipeOffer {
  readonly picture: PictureRef;
  readonly purpose: Purpose;
  readonly recipe: DroppedRecipe;
}

/** Takes files. */
export interface Intake {
  /** How many are being read. */
  readonly reading: ReadonlySignal<number>;
  readonly offer: ReadonlySignal<RecipeOffer | undefined>;
  take(files: readonly GivenFile[], purpose: Purpose): Promise<void>;
  /** Uses a picture that the studio holds. */
  use(picture: PictureRef, purpose: Purpose): void;
  restore(offer: RecipeOffer): Promise<void>;
  dismissOffer(): void;
  /** What a picture is called and how large it is, where only its name is known. */
  known(picture: NamedPicture): Promise<PictureRef>;
}

const WEIGHTS = /\.(pth?|h5|safetensors|npz)$/i;
/** What the studio takes. */
const MOST_BYTES = 64e6;
const MOST_PREVIEW = 1024;

export function createIntake(
  engine: StudioEngine,
  ports: Pick<Ports, "sizeOf">,
  drafts: Drafts,
  notices: Notices,
): Intake {
  const reading = signal(0);
  const offer = signal<RecipeOffer | undefined>(undefined);

  const use: Intake["use"] = (picture, purpose) => {
    drafts.note(picture);
    if (purpose === "photograph")
      drafts.edit("the photograph", (draft) => withPhotograph(draft, refOf(picture)));
    else drafts.edit("the painting", (draft) => withStyleAdded(draft, refOf(picture)));
  };

  async function takeOne({ name, blob }: GivenFile, purpose: Purpose): Promise<void> {
    if (blob.size === 0) return notices.complain(`${name} is empty.`);
    if (WEIGHTS.test(name)) {
      await engine.addWeights(blob, name);
      return notices.tell(`${name} is taken for the weights of VGG-19.`);
    }
    if (blob.size > MOST_BYTES)
      return notices.complain(`${name} has more than 64 MB, the most that is taken.`);
    const stored: StoredPicture = await engine.addPicture(blob, name);
    for (const note of stored.notes) notices.tell(note);
    drafts.note(stored);
    const recipe = recipeFrom(stored.recipe, drafts.now.peek().options);
    if (recipe === undefined) use(stored, purpose);
    else offer.value = { picture: refOf(stored), purpose, recipe };
  }

  async function known({ id, name }: NamedPicture): Promise<PictureRef> {
    const noted = drafts.pictureOf(id);
    if (noted !== undefined) return noted;
    const found = { id, name, ...(await ports.sizeOf(await engine.picture(id, MOST_PREVIEW))) };
    drafts.note(found);
    return found;
  }

  return {
    reading,
    offer,
    use,
    known,
    async take(files, purpose) {
      for (const file of files) {
        reading.value += 1;
        try {
          await takeOne(file, purpose);
        } catch (error) {
          notices.complain(failureOf(error).message);
        } finally {
          reading.value -= 1;
        }
      }
    },
    async restore({ recipe }) {
      offer.value = undefined;
      const missing: string[] = [];
      const find = (picture: NamedPicture): Promise<PictureRef | undefined> =>
        known(picture).catch(() => {
          missing.push(picture.name);
          return undefined;
        });
      const photograph = await find(recipe.content);
      const styles: Draft["styles"][number][] = [];
      for (const style of recipe.styles) {
        const picture = await find(style);
        if (picture !== undefined) styles.push({ picture, weight: style.weight, mask: [] });
      }
      drafts.edit("the recipe", (draft) => ({
        ...(photograph === undefined ? draft : withPhotograph(draft, photograph)),
        ...(styles.length === 0 ? {} : { styles }),
        options: recipe.options,
      }));
      if (missing.length > 0) {
        notices.complain(
          `The settings are restored. Not held here: ${missing.join(", ")}. Drop or choose it.`,
        );
      }
    },
    dismissOffer: () => {
      offer.value = undefined;
    },
  };
}

const refOf = ({ id, name, width, height }: PictureRef): PictureRef => ({ id, name, width, height });
