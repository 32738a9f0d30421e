/**
 * Makes the pictures of docs/controls.md from the example pictures, with the built command and the built-in network; the
 * masks and the second style are drawn here.
 * Usage: npm run build && npm run docs:controls
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import type { Picture } from "../src/image/picture.ts";

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const drawn = mkdtempSync(join(tmpdir(), "impasto-docs-"));
const folder = at("docs/controls");

/** A picture from a function of place, x and y from 0 to 1. */
function draw(width: number, height: number, colourAt: (x: number, y: number) => readonly number[]): Picture {
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

const cat = await readPicture(at("examples/cat.png"), { neededSize: () => ({ width: 300, height: 200 }) });
const background = (x: number, y: number): number =>
  Math.min(1, Math.max(0, (Math.hypot(0.9 * (x - 0.42), 0.67 * (y - 0.5)) - 0.33) / 0.03));

/** The cat cut out, on white. */
const cutOut = draw(300, 200, (x, y) =>
  [0, 1, 2].map((channel) => {
    const [column, row] = [Math.floor(x * cat.width), Math.floor(y * cat.height)];
    const value = cat.rgb[(channel * cat.height + row) * cat.width + column] ?? 0;
    return background(x, y) + (1 - background(x, y)) * value;
  }),
);

const INPUTS: Readonly<Record<string, Picture>> = {
  "cut-out.png": cutOut,
  "background.png": grey(background),
  "glass.png": stainedGlass(),
  "left.png": grey((x) => 1 - (x - 0.4) / 0.2),
  "right.png": grey((x) => (x - 0.4) / 0.2),
  "face.png": grey((x, y) => 1 - (Math.hypot(x - 0.45, 0.67 * (y - 0.42)) - 0.2) / 0.06),
};

const NIGHT = ["examples/cat.png", "examples/starry_night.jpg"];

/** Each picture and what it is made with. */
const PICTURES: Readonly<Record<string, readonly string[]>> = {
  "plain.jpg": NIGHT,
  "blend.jpg": [...NIGHT, "glass.png"],
  "masks.jpg": [...NIGHT, "glass.png", "--mask", "left.png", "--mask", "right.png"],
  "keep.jpg": [...NIGHT, "--keep", "face.png"],
  "white.jpg": ["cut-out.png", "examples/starry_night.jpg", "--keep", "background.png"],
  "crop.jpg": [...NIGHT, "--style-crop", "0,50,50,50"],
  "color-keep.jpg": [...NIGHT, "--color", "keep"],
  "color-match.jpg": [...NIGHT, "--color", "match"],
  "color-transfer-only.jpg": [...NIGHT, "--color", "transfer-only"],
  "strength.jpg": [...NIGHT, "--strength", "0.8"],
  "style-scale.jpg": [...NIGHT, "--style-scale", "2"],
  "init-noise.jpg": [...NIGHT, "--init", "noise"],
  "pooling-l2.jpg": [...NIGHT, "--pooling", "l2"],
};

try {
  mkdirSync(folder, { recursive: true });
  for (const [name, picture] of Object.entries(INPUTS)) {
    writeFileSync(join(drawn, name), await encodePicture(picture, "png"));
  }
  const wanted = process.argv.slice(2);
  for (const [output, args] of Object.entries(PICTURES)) {
    if (wanted.length > 0 && !wanted.includes(output)) continue;
    console.log(output);
    const given = args.map((word) => {
      if (word in INPUTS) return join(drawn, word);
      return word.startsWith("examples/") ? at(word) : word;
    });
    const fixed = ["--network", "built-in", "--size", "300", "--quiet", "-o", join(folder, output)];
    execFileSync(process.execPath, [at("dist/cli/main.js"), ...given, ...fixed], { stdio: "inherit" });
  }
} finally {
  rmSync(drawn, { recursive: true });
}
