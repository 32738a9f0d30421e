/**
 * How the canvas is looked at: where the picture is in its window, and how much of the photograph is seen beside it. A picture
 * that fits stays fitted when its window changes.
 * @module
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Size } from "../../../image/size.ts";
import { centred, fitted, moved, type Point, rescaled, type View, zoomed } from "./view.ts";

/** The canvas. */
export interface CanvasState {
  /** The picture's pixels. */
  readonly picture: ReadonlySignal<Size>;
  readonly window: ReadonlySignal<Size>;
  readonly view: ReadonlySignal<View>;
  readonly isFitted: ReadonlySignal<boolean>;
  /** Whether the divider is there, and where, from 0 to 1. */
  readonly comparing: ReadonlySignal<boolean>;
  readonly divider: ReadonlySignal<number>;
  /** Whether the photograph is held up. */
  readonly original: ReadonlySignal<boolean>;
  setWindow(window: Size): void;
  fit(): void;
  fullSize(): void;
  zoom(factor: number, about?: Point): void;
  move(by: Point): void;
  compare(on: boolean): void;
  setDivider(place: number): void;
  holdOriginal(on: boolean): void;
}

export function createCanvas(picture: ReadonlySignal<Size>): CanvasState {
  const window = signal<Size>({ width: 800, height: 600 });
  /** With the size that it was made for: another size of the same picture is shown at the same place. */
  const own = signal<{ readonly view: View; readonly size: Size } | undefined>(undefined);
  const comparing = signal(false);
  const divider = signal(0.5);
  const original = signal(false);
  const margin = computed(() => (Math.min(window.value.width, window.value.height) < 480 ? 8 : 24));
  const view = computed(() =>
    own.value === undefined
      ? fitted(picture.value, window.value, margin.value)
      : rescaled(own.value.view, own.value.size, picture.value),
  );
  const set = (next: View): void => {
    own.value = { view: next, size: picture.peek() };
  };
  const middle = (): Point => ({ x: window.peek().width / 2, y: window.peek().height / 2 });
  return {
    picture,
    window,
    view,
    isFitted: computed(() => own.value === undefined),
    comparing,
    divider,
    original,
    setWindow: (size) => {
      window.value = size;
    },
    fit: () => {
      own.value = undefined;
    },
    fullSize: () => set(centred(picture.peek(), window.peek(), 1)),
    zoom: (factor, about = middle()) => set(zoomed(view.peek(), factor, about)),
    move: (by) => set(moved(view.peek(), by, picture.peek(), window.peek())),
    compare: (on) => {
      comparing.value = on;
    },
    setDivider: (place) => {
      divider.value = Math.min(1, Math.max(0, place));
    },
    holdOriginal: (on) => {
      original.value = on;
    },
  };
}
