/**
 * The brush: what it paints a mask for, how wide it is, and the stroke that is under way. A finished stroke goes into the
 * draft, from where it can be undone by itself.
 * @module
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type MaskTarget, type Stroke, strokesOf, withStrokes } from "./draft.ts";
import type { Drafts } from "./drafts.ts";
import type { Point } from "./view.ts";

/** The brush. */
export interface Brush {
  /** What is painted; undefined while the brush is put away. */
  readonly target: ReadonlySignal<MaskTarget | undefined>;
  readonly erasing: ReadonlySignal<boolean>;
  /** In parts of the photograph's longer side. */
  readonly radius: ReadonlySignal<number>;
  /** All strokes of the mask, the one under way included. */
  readonly strokes: ReadonlySignal<readonly Stroke[]>;
  take(target: MaskTarget): void;
  erase(on: boolean): void;
  putAway(): void;
  setRadius(radius: number): void;
  /** Points in parts of width and height. */
  begin(point: Point): void;
  goOn(points: readonly Point[]): void;
  finish(): void;
  /** Forgets the stroke under way: a second finger has come. */
  abandon(): void;
  clear(): void;
}

export const NARROWEST = 0.005;
export const WIDEST = 0.25;

/** Parts of a picture to a hundredth of a pixel of most screens, so that they are quickly written down. */
const rounded = (part: number): number => Math.round(part * 1e5) / 1e5;

export function createBrush(drafts: Drafts): Brush {
  const target = signal<MaskTarget | undefined>(undefined);
  const erasing = signal(false);
  const radius = signal(0.05);
  const underWay = signal<Stroke | undefined>(undefined);
  const strokes = computed(() => {
    if (target.value === undefined) return [];
    const done = strokesOf(drafts.now.value, target.value);
    return underWay.value === undefined ? done : [...done, underWay.value];
  });
  return {
    target,
    erasing,
    radius,
    strokes,
    take(wanted) {
      target.value = wanted;
      erasing.value = false;
    },
    erase: (on) => {
      erasing.value = on;
    },
    putAway: () => {
      underWay.value = undefined;
      target.value = undefined;
    },
    setRadius: (wanted) => {
      radius.value = Math.min(WIDEST, Math.max(NARROWEST, wanted));
    },
    begin: ({ x, y }) => {
      underWay.value = {
        erase: erasing.value,
        radius: rounded(radius.value),
        points: [rounded(x), rounded(y)],
      };
    },
    goOn(points) {
      const stroke = underWay.peek();
      if (stroke === undefined) return;
      const more = points.flatMap(({ x, y }) => [rounded(x), rounded(y)]);
      underWay.value = { ...stroke, points: [...stroke.points, ...more] };
    },
    finish() {
      const [stroke, mask] = [underWay.peek(), target.peek()];
      underWay.value = undefined;
      if (stroke === undefined || mask === undefined) return;
      drafts.edit("the stroke", (draft) => withStrokes(draft, mask, [...strokesOf(draft, mask), stroke]));
    },
    abandon: () => {
      underWay.value = undefined;
    },
    clear() {
      const mask = target.peek();
      if (mask !== undefined) drafts.edit("clearing the mask", (draft) => withStrokes(draft, mask, []));
    },
  };
}
