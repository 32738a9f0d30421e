/**
 * Pictures in which a network sees next to nothing: flat ones, and those of a pixel or a line. Whatever is divided by what
 * is seen in them, the losses stay numbers and the result a picture.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { Picture } from "../src/image/picture.ts";
import { openEngine } from "../src/transfer/engine.node.ts";
import type { Engine } from "../src/transfer/engine.ts";
import { type OptionsInput, PRESET_NAMES, parseOptions } from "../src/transfer/options.ts";
import { prepareObjective } from "../src/transfer/prepare.ts";
import { resolveSettings } from "../src/transfer/settings.ts";
import { variablesOf } from "../src/transfer/start.ts";
import { drain, stylize } from "../src/transfer/stylize.ts";
import { termsOf } from "../src/transfer/terms/table.ts";
import { inRange } from "./transfers.ts";

const flat = (value: number, width: number, height = width): Picture => ({
  width,
  height,
  rgb: new Float32Array(3 * width * height).fill(value),
});

const ramp = (height: number): Picture => ({
  width: 1,
  height,
  rgb: new Float32Array(3 * height).map((_, index) => (index % height) / (height - 1)),
});

const PICTURES = {
  grey: flat(0.5, 32),
  black: flat(0, 32),
  white: flat(1, 32),
  "a pixel": flat(0.3, 1),
  "a needle": ramp(64),
} as const;

type Name = keyof typeof PICTURES;

const NAMES = ["grey", "black", "white", "a pixel", "a needle"] as const satisfies readonly Name[];

/** A transfer from one picture to another. */
interface Case {
  readonly photo: Name;
  readonly painting: Name;
  /** `content`, `noise` or another picture. */
  readonly init: "content" | "noise" | Name;
}

const INITS = ["content", "noise", "white"] as const;

/** Every picture after every picture, and every start. */
const ALL: readonly Case[] = NAMES.flatMap((photo) =>
  NAMES.flatMap((painting) => {
    const inits = photo === painting ? INITS : (["content"] as const);
    return inits.map((init) => ({ photo, painting, init }));
  }),
);

/** Each picture as the photograph and as the painting, and every start: for Gram matrices, which nothing is divided by. */
const FEW: readonly Case[] = NAMES.map((photo, index) => ({
  photo,
  painting: NAMES[(index + 4) % NAMES.length],
  init: INITS[index % INITS.length],
}));

/** Runs transfers, and tells of those that give no loss or no picture. */
async function failures(
  engine: Engine,
  preset: OptionsInput["preset"],
  cases: readonly Case[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { photo, painting, init } of cases) {
    const options = { preset, init, size: 16, iterations: 2 };
    const initial = init === "content" || init === "noise" ? {} : { initial: PICTURES[init] };
    const styles = [{ picture: PICTURES[painting], weight: 1 }];
    const request = { content: PICTURES[photo], styles, options, ...initial };
    const what = await drain(stylize(request, engine)).then(
      ({ loss, picture }) => (inRange(picture) ? loss.total : "no picture"),
      (error: unknown) => String(error),
    );
    if (!Number.isFinite(what)) found.push(`${photo} after ${painting} from ${init}: ${what}`);
  }
  return found;
}

/** The losses of a black photograph after a grey painting, both looked at in blocks. */
async function lossesInBlocks(engine: Engine, preset: OptionsInput["preset"]): Promise<readonly number[]> {
  const settings = resolveSettings(parseOptions({ preset }));
  const terms = termsOf(settings).filter(({ counts }) => counts);
  // Just wide enough for two blocks, which show little but their margins.
  const [width, height] = [208, 32];
  const mostPixels = width * height - 1;
  const photograph = flat(0, width, height);
  const subject = { photograph, styles: [{ picture: flat(0.5, width, height), weight: 1 }] };
  const prepared = await prepareObjective(photograph, subject, engine, settings, terms, mostPixels);
  try {
    const losses: number[] = [];
    const start = variablesOf(photograph, settings.variables);
    const weights = prepared.weights(settings);
    const work = { weights: () => weights, optimizer: settings.optimizer, iterations: 2 };
    for await (const { loss } of prepared.minimise(work, start)) losses.push(loss.total);
    return losses;
  } finally {
    await prepared.release();
  }
}

describe.each([
  ["with the built-in network", "built-in", false],
  ["with VGG-19 (needs IMPASTO_WEIGHTS)", "vgg19", !process.env.IMPASTO_WEIGHTS],
] as const)("Pictures in which nothing is to be seen, %s,", (_, network, absent) => {
  let engine: Engine;
  beforeAll(async () => {
    if (!absent) engine = await openEngine({ device: "cpu", threads: 1, network, reuse: true });
  });

  it.skipIf(absent).each(PRESET_NAMES)(
    "are repainted by the preset %s",
    async (preset) => {
      const cases = network === "built-in" && preset === "impasto" ? ALL : FEW;
      expect(await failures(engine, preset, cases)).toEqual([]);
    },
    180_000,
  );

  it.skipIf(absent).each(PRESET_NAMES)("are repainted by the preset %s in blocks", async (preset) => {
    for (const loss of await lossesInBlocks(engine, preset)) expect(loss).toBeGreaterThan(0);
  });
});
