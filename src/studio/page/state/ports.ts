/**
 * What the page's state needs of the browser around it. Tests give it something plainer.
 * @module
 */
import type { Size } from "../../../image/size.ts";
import type { Clock } from "./clock.ts";
import type { Stroke } from "./draft.ts";

/** A picture that comes with the page. */
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly of: "photograph" | "painting";
  read(): Promise<Blob>;
}

/** The browser, as far as it is needed. */
export interface Ports {
  readonly clock: Clock;
  /** Keeps one text over reloads. */
  readonly memory: { read(): string | undefined; write(text: string): void };
  /** In the order in which they are offered; the first of each kind is there at the first start. */
  readonly examples: readonly Example[];
  /** A mask as a PNG: white where it counts. */
  drawMask(strokes: readonly Stroke[], size: Size): Promise<Blob>;
  /** A picture's size, by decoding it. */
  sizeOf(picture: Blob): Promise<Size>;
  /** The same picture, small. */
  shrink(picture: Blob, longest: number): Promise<Blob>;
  /** Puts a file among the person's own. */
  save(file: Blob, name: string): void;
}
