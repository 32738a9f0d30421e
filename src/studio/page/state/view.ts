/**
 * How the canvas is looked at: pixels of the picture to pixels of the screen, x ↦ scale · x + offset. Zooming leaves the
 * point under the pointer where it is.
 * @module
 */
import type { Size } from "../../../image/size.ts";

/** A point, or a distance, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the picture is on the screen. */
export interface View extends Point {
  readonly scale: number;
}

/** A part of the screen. */
export interface Box extends Point, Size {}

/** Pixels that are left free around a picture that fits. */
const MARGIN = 24;

/** The least and the most that a pixel of the picture has of the screen. */
const LEAST = 0.02;
const MOST = 32;

/** The picture as large as it fits, in the middle; small ones are enlarged. */
export function fitted(picture: Size, window: Size, margin = MARGIN): View {
  const room = (side: number): number => Math.max(1, side - 2 * margin);
  const scale = clampScale(
    Math.min(room(window.width) / picture.width, room(window.height) / picture.height),
  );
  return centred(picture, window, scale);
}

/** The middle of the picture in the middle of the window. */
export const centred = (picture: Size, window: Size, scale: number): View => ({
  scale,
  x: (window.width - scale * picture.width) / 2,
  y: (window.height - scale * picture.height) / 2,
});

/** Zoomed by a factor about a point of the screen. */
export function zoomed(view: View, factor: number, about: Point): View {
  const scale = clampScale(view.scale * factor);
  const ratio = scale / view.scale;
  return { scale, x: about.x - ratio * (about.x - view.x), y: about.y - ratio * (about.y - view.y) };
}

/** Moved, but never out of sight: some of the picture stays in the window. */
export function moved(view: View, by: Point, picture: Size, window: Size): View {
  const within = (place: number, side: number, room: number): number => {
    const least = Math.min(64, side / 2);
    return Math.min(room - least, Math.max(least - side, place));
  };
  return {
    scale: view.scale,
    x: within(view.x + by.x, view.scale * picture.width, window.width),
    y: within(view.y + by.y, view.scale * picture.height, window.height),
  };
}

/** The same picture in other pixels, where it was. */
export const rescaled = (view: View, before: Size, after: Size): View => ({
  ...view,
  scale: clampScale((view.scale * before.width) / after.width),
});

/** A point of the screen in parts of the picture's width and height. */
export const partAt = (view: View, picture: Size, { x, y }: Point): Point => ({
  x: (x - view.x) / (view.scale * picture.width),
  y: (y - view.y) / (view.scale * picture.height),
});

/** What of the window the picture covers. */
export function covered(view: View, picture: Size, window: Size): Box {
  const [left, top] = [Math.max(0, view.x), Math.max(0, view.y)];
  const right = Math.min(window.width, view.x + view.scale * picture.width);
  const bottom = Math.min(window.height, view.y + view.scale * picture.height);
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

/** How far two fingers have moved from one another, and their middle. */
export const pinched = (
  before: readonly [Point, Point],
  after: readonly [Point, Point],
): { readonly factor: number; readonly about: Point; readonly by: Point } => {
  const [from, to] = [middle(...before), middle(...after)];
  const factor = distance(...after) / Math.max(1, distance(...before));
  return { factor, about: to, by: { x: to.x - from.x, y: to.y - from.y } };
};

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
const clampScale = (scale: number): number => Math.min(MOST, Math.max(LEAST, scale));
