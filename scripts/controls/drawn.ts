/**
 * The inputs of docs/controls.md that no example is: masks, a second style, and the cat cut out.
 * @module
 */

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Picture } from "../../src/image/picture.ts";

type ColourAt = (x: number, y: number) => readonly number[];

/** A picture from a function of place, x and y from 0 to 1. */
function draw(width: number, height: number, colourAt: ColourAt): Picture {
  const plane = width * height;
  const rgb = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    const colour = colourAt((i % width) / width, Math.floor(i / width) / height);
    for (let channel = 0; channel < 3; channel++) rgb[channel * plane + i] = colour[channel] ?? 0;
  }
  return { width, height, rgb };
}

const grey = (at: (x: number, y: number) => number): Picture =>
  draw(300, 200, (x, y) => Array<number>(3).fill(Math.min(1, Math.max(0, at(x, y)))));

/** Panes of coloured glass in lead: each point takes the colour of the nearest of some places. */
function stainedGlass(): Picture {
  const generator = xoroshiro128plus(7);
  const random = (): number => uniformFloat64(generator);
  const PALETTE = [
    [0.75, 0.1, 0.12],
    [0.1, 0.25, 0.65],
    [0.95, 0.75, 0.2],
    [0.1, 0.5, 0.3],
    [0.85, 0.85, 0.8],
  ];
  const panes = Array.from({ length: 90 }, (_, i) => ({
    x: random(),
    y: random(),
    colour: PALETTE[i % PALETTE.length] ?? [],
    shade: 0.8 + 0.2 * random(),
  }));
  return draw(400, 400, (x, y) => {
    const byDistance = panes
      .map((pane) => ({ pane, distance: Math.hypot(pane.x - x, pane.y - y) }))
      .sort((a, b) => a.distance - b.distance);
    const [nearest, next] = byDistance;
    if (nearest === undefined || next === undefined || next.distance - nearest.distance < 0.012) {
      return [0.06, 0.06, 0.07];
    }
    return nearest.pane.colour.map((value) => value * nearest.pane.shade);
  });
}

const background = (x: number, y: number): number =>
  Math.min(1, Math.max(0, (Math.hypot(0.9 * (x - 0.42), 0.67 * (y - 0.5)) - 0.33) / 0.03));

/** The cat on white. */
const cutOut = (cat: Picture): Picture =>
  draw(300, 200, (x, y) =>
    [0, 1, 2].map((channel) => {
      const [column, row] = [Math.floor(x * cat.width), Math.floor(y * cat.height)];
      const value = cat.rgb[(channel * cat.height + row) * cat.width + column] ?? 0;
      return background(x, y) + (1 - background(x, y)) * value;
    }),
  );

/** The inputs that are drawn, each as a function of the photograph of the cat. */
export const DRAWN: Readonly<Record<string, (cat: Picture) => Picture>> = {
  "glass.png": stainedGlass,
  "left.png": () => grey((x) => 1 - (x - 0.4) / 0.2),
  "right.png": () => grey((x) => (x - 0.4) / 0.2),
  "face.png": () => grey((x, y) => 1 - (Math.hypot(x - 0.45, 0.67 * (y - 0.42)) - 0.2) / 0.06),
  "cut-out.png": cutOut,
  "background.png": () => grey(background),
};
