/**
 * From a draft to what the studio is asked for. Masks are drawn and handed over when they are needed, each once.
 * @module
 */
import type { RunRequest, StudioEngine } from "../../engine.ts";
import type { Draft, PictureRef, Stroke } from "./draft.ts";
import type { Ports } from "./ports.ts";

/** What is added to a draft for one run. */
export interface Beginning {
  /** A picture to carry on from. */
  readonly initial?: string | undefined;
  readonly scales?: number | undefined;
  readonly group?: string | undefined;
}

/** Turns drafts into requests. */
export interface Requests {
  /** Whole, its masks handed over. Undefined where a picture is missing. */
  whole(draft: Draft, beginning?: Beginning): Promise<RunRequest | undefined>;
  /** Without masks that were not handed over yet: for an estimate. */
  rough(draft: Draft): RunRequest | undefined;
}

/** The longest side of a mask: a brush is not finer. */
const MASK_SIDE = 1024;

export function createRequests(
  engine: StudioEngine,
  drawMask: Ports["drawMask"],
  firstSize: () => number | undefined,
): Requests {
  const handedOver = new Map<string, string>();
  const keyOf = (strokes: readonly Stroke[], { width, height }: PictureRef): string =>
    JSON.stringify([strokes, width, height]);

  async function maskId(strokes: readonly Stroke[], photograph: PictureRef): Promise<string | undefined> {
    // Nothing but erasing leaves nothing, and a mask that is black everywhere is refused.
    if (!strokes.some(({ erase }) => !erase)) return undefined;
    const key = keyOf(strokes, photograph);
    const known = handedOver.get(key);
    if (known !== undefined) return known;
    const ratio = Math.min(1, MASK_SIDE / Math.max(photograph.width, photograph.height));
    const size = {
      width: Math.round(photograph.width * ratio),
      height: Math.round(photograph.height * ratio),
    };
    const { id } = await engine.addPicture(await drawMask(strokes, size), "mask.png");
    handedOver.set(key, id);
    return id;
  }

  function requestOf(draft: Draft, photograph: PictureRef, masks: Masks, beginning: Beginning): RunRequest {
    const { initial, group, scales } = beginning;
    const size = draft.options.size ?? firstSize();
    return {
      content: photograph.id,
      styles: draft.styles.map(({ picture, weight }, index) => {
        const mask = masks.styles[index];
        return { id: picture.id, weight, ...(mask === undefined ? {} : { mask }) };
      }),
      ...(masks.keep === undefined ? {} : { keep: masks.keep }),
      ...(initial === undefined ? {} : { initial }),
      ...(group === undefined ? {} : { group }),
      options: {
        ...draft.options,
        ...(size === undefined ? {} : { size }),
        ...(scales === undefined ? {} : { scales }),
      },
    };
  }

  return {
    async whole(draft, beginning = {}) {
      const { photograph } = draft;
      if (photograph === undefined || draft.styles.length === 0) return undefined;
      const keep = await maskId(draft.keep, photograph);
      const styles: (string | undefined)[] = [];
      for (const { mask } of draft.styles) styles.push(await maskId(mask, photograph));
      return requestOf(draft, photograph, { keep, styles }, beginning);
    },
    rough(draft) {
      const { photograph } = draft;
      if (photograph === undefined || draft.styles.length === 0) return undefined;
      const known = (strokes: readonly Stroke[]): string | undefined =>
        handedOver.get(keyOf(strokes, photograph));
      const masks = { keep: known(draft.keep), styles: draft.styles.map(({ mask }) => known(mask)) };
      return requestOf(draft, photograph, masks, {});
    },
  };
}

/** The names of masks that were handed over. */
interface Masks {
  readonly keep: string | undefined;
  readonly styles: readonly (string | undefined)[];
}
