import { beforeAll, describe, expect, test } from "vitest";
import { norm, relativeError } from "../../test/evaluate.ts";
import { colours, narrowEngine, narrowNetwork } from "../../test/narrow-engine.ts";
import type { Picture } from "../image/picture.ts";
import type { Size } from "../image/size.ts";
import type { Network } from "../network/network.ts";
import { openNetwork } from "../network/open.node.ts";
import { openRuntime } from "../runtime/onnxruntime.node.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { leastRegion, partition } from "./blocks.ts";
import { compileBlockwiseObjective } from "./blockwise-objective.ts";
import type { View } from "./gathering.ts";
import { type Look, layersOf } from "./look.ts";
import type { Arrays } from "./named.ts";
import { compileObjective, type Evaluation, lossOfKind, type Objective, shapesOf } from "./objective.ts";
import { parseOptions } from "./options.ts";
import { resolveSettings, type Settings } from "./settings.ts";
import type { WeightedStyle } from "./styles.ts";
import { paintingAverages, paintingTargets, photographTargets, powersAmong } from "./targets.ts";
import type { Term } from "./term.ts";
import { TERM_KINDS, termsOf } from "./terms/table.ts";

const BASE = resolveSettings(parseOptions({ preset: "neural-style" }));
const SETTINGS: Settings = {
  ...BASE,
  smoothnessWeight: 0,
  variables: { scale: [0.5, 1, 2], offset: [0.1, 0, -0.1] },
};
const STYLE_ALONE = { contentWeight: 0 };
const CONTENT_ALONE = { styleWeight: 0 };
const SMOOTHNESS_AND_ALL = { smoothnessWeight: 1e-4 };
const LAYERS = ["conv5_1"] as const;

let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ device: "cpu", threads: 1 });
});

const countingTerms = (settings: Settings): readonly Term[] =>
  termsOf(settings).filter(({ counts }) => counts);

/** What the losses need of paintings, each of which is looked at with so many pixels at once. */
async function targetsOf(
  styles: readonly WeightedStyle[],
  terms: readonly Term[],
  look: Look,
  mostPixels?: number,
): Promise<Arrays> {
  const paintings = styles.map(async ({ picture, weight }) => ({
    averages: await paintingAverages(picture, terms, look, mostPixels),
    weight,
  }));
  return paintingTargets(await Promise.all(paintings), terms, look);
}

interface Case {
  readonly size: Size;
  readonly mostPixels: number;
  readonly settings?: Partial<Settings>;
  readonly network?: Network;
}

/** One evaluation of the same point, of the whole picture at once and in blocks. */
async function evaluateBoth({ size, mostPixels, settings: special = {}, network = narrowNetwork() }: Case) {
  const settings = { ...SETTINGS, ...special };
  const { width, height } = size;
  const [photograph, painting] = [colours(width, height, 1), colours(200, 190, 2)];
  const look = { network, runtime, settings };
  const terms = countingTerms(settings);
  const layers = layersOf(terms);
  const targets = {
    ...(await photographTargets(photograph, terms, look)),
    ...(await targetsOf([{ picture: painting, weight: 1 }], terms, look)),
  };
  const whole = shapesOf({ size, shares: [1] }, layers, look);
  const weights = Object.fromEntries(
    terms.map((term) => [term.name, term.weight(whole, powersAmong(targets))]),
  );
  const { rgb: point } = colours(width, height, 3);
  const divided = partition(size, LAYERS, mostPixels);
  const view = { ...look, layers, partition: divided };
  const evaluate = async (compiled: Promise<Objective>): Promise<Evaluation> => {
    const objective = await compiled;
    const evaluation = await objective.evaluate(point, weights);
    await objective.release();
    return evaluation;
  };
  return {
    whole: await evaluate(compileObjective(size, targets, terms, look)),
    blockwise: await evaluate(compileBlockwiseObjective(view, targets, terms)),
    divided,
  };
}

function expectSame(whole: Evaluation, blockwise: Evaluation): void {
  expect(relativeError(blockwise.gradient, whole.gradient)).toBeLessThan(1e-4);
  expect(Object.keys(blockwise.loss.terms).sort()).toEqual(Object.keys(whole.loss.terms).sort());
  for (const [name, loss] of Object.entries(whole.loss.terms)) {
    expect(Math.abs(blockwise.loss.terms[name] - loss), name).toBeLessThanOrEqual(1e-4 * loss);
  }
  const sums = (evaluation: Evaluation) => [
    evaluation.loss.total,
    ...TERM_KINDS.map(({ name }) => lossOfKind(evaluation.loss, name)),
  ];
  for (const [index, loss] of sums(whole).entries()) {
    expect(Math.abs(sums(blockwise)[index] - loss)).toBeLessThanOrEqual(1e-4 * loss);
  }
}

describe("The objective in blocks is that of the whole picture", () => {
  const small = leastRegion(LAYERS);

  test.each([
    ["that the blocks divide", { width: 352, height: 320 }, small],
    ["that they do not", { width: 373, height: 331 }, small],
    ["long and low", { width: 1003, height: 20 }, 20 * 300],
    ["narrow and high, of the least width", { width: 16, height: 905 }, 16 * 300],
  ])("for sizes %s", async (_, size, mostPixels) => {
    for (const settings of [STYLE_ALONE, CONTENT_ALONE, SMOOTHNESS_AND_ALL]) {
      const { whole, blockwise, divided } = await evaluateBoth({ size, mostPixels, settings });
      expect(divided.blocks.length).toBeGreaterThan(1);
      expectSame(whole, blockwise);
    }
  });

  test.each([
    ["max pooling and the gaussian measure", { pooling: "max", styleMeasure: "gaussian" }],
    ["average pooling and the gram measure", { pooling: "average", styleMeasure: "gram" }],
    ["average pooling and the gaussian measure", { pooling: "average", styleMeasure: "gaussian" }],
    ["replicated edges", { edges: "replicate", styleMeasure: "gaussian" }],
    ["losses in units of power", { relative: true, contentLayers: { conv2_2: 1, conv4_2: 2 } }],
    ["squared differences of pixels", { smoothness: "squared", smoothnessWeight: 1 }],
  ] satisfies [string, Partial<Settings>][])("with %s", async (_, settings) => {
    const size = { width: 345, height: 250 };
    const { whole, blockwise } = await evaluateBoth({ size, mostPixels: small, settings });
    expectSame(whole, blockwise);
  });

  test("for a picture smaller than a block", async () => {
    const { whole, blockwise, divided } = await evaluateBoth({
      size: { width: 70, height: 45 },
      mostPixels: small,
    });
    expect(divided.blocks).toHaveLength(1);
    expectSame(whole, blockwise);
  });

  test("as exactly at the blocks' borders as elsewhere: there are no seams", async () => {
    const size = { width: 521, height: 187 };
    const { whole, blockwise, divided } = await evaluateBoth({ size, mostPixels: small });
    const borders = divided.blocks.map(({ owned }) => owned.left).filter((left) => left > 0);
    expect(borders.length).toBeGreaterThan(1);
    const near: number[] = [];
    const far: number[] = [];
    whole.gradient.forEach((value, i) => {
      const isNear = borders.some((border) => Math.abs((i % size.width) - border) <= 8);
      (isNear ? near : far).push(blockwise.gradient[i] - value);
    });
    const rms = (values: readonly number[]) => norm(values) / Math.sqrt(values.length);
    expect(rms(near)).toBeLessThan(2 * rms(far) + 1e-9 * norm(whole.gradient));
    expect(rms(near)).toBeLessThan(1e-5 * (norm(whole.gradient) / Math.sqrt(whole.gradient.length)));
  });

  test("and stops between two blocks when it is told to", async () => {
    const size = { width: 400, height: 100 };
    const network = narrowNetwork();
    const look = { network, runtime, settings: SETTINGS };
    const terms = countingTerms(SETTINGS);
    const view = { ...look, layers: layersOf(terms), partition: partition(size, LAYERS, small) };
    const { rgb } = colours(size.width, size.height, 1);
    const painting = [{ picture: colours(64, 64, 2), weight: 1 }];
    const targets = {
      ...(await photographTargets({ ...size, rgb }, terms, look)),
      ...(await targetsOf(painting, terms, look)),
    };
    const objective = await compileBlockwiseObjective(view, targets, terms);
    const weights = Object.fromEntries(terms.map(({ name }) => [name, 1]));
    const controller = new AbortController();
    const evaluation = objective.evaluate(rgb, weights, controller.signal);
    controller.abort();
    await expect(evaluation).rejects.toBe(controller.signal.reason);
    await objective.release();
  });
});

describe("Targets in blocks are those of the whole picture", () => {
  const network = narrowNetwork();
  const picture: Picture = colours(421, 263, 5);
  const terms = countingTerms(SETTINGS);

  test("for the content", async () => {
    const look = { network, runtime, settings: SETTINGS };
    const whole = await photographTargets(picture, terms, look);
    const blockwise = await photographTargets(picture, terms, look, leastRegion(LAYERS));
    expect(Object.keys(blockwise)).toEqual(Object.keys(whole));
    for (const [name, values] of Object.entries(whole)) {
      expect(relativeError(blockwise[name], values)).toBeLessThan(1e-5);
    }
  });

  test.each(["gram", "gaussian"] as const)("for the style, by the %s measure", async (styleMeasure) => {
    const settings = { ...SETTINGS, styleMeasure };
    const styles = [
      { picture, weight: 1 },
      { picture: colours(80, 90, 6), weight: 2 },
    ];
    const look = { network, runtime, settings };
    const whole = await targetsOf(styles, countingTerms(settings), look);
    const blockwise = await targetsOf(styles, countingTerms(settings), look, leastRegion(LAYERS));
    expect(Object.keys(blockwise).sort()).toEqual(Object.keys(whole).sort());
    for (const [name, values] of Object.entries(whole)) {
      expect(relativeError(blockwise[name], values)).toBeLessThan(1e-4);
    }
  });

  test("and stop when they are told to", async () => {
    const aborted = AbortSignal.abort();
    const look = { network, runtime, settings: SETTINGS };
    const least = leastRegion(LAYERS);
    for (const targets of [
      photographTargets(picture, terms, look, least, aborted),
      paintingAverages(picture, terms, look, least, aborted),
    ]) {
      await expect(targets).rejects.toBe(aborted.reason);
    }
  });
});

describe("With the built-in network, whose features have heads", () => {
  test.each(["gram", "gaussian"] as const)(
    "the objective in blocks is that of the whole picture by the %s measure",
    async (styleMeasure) => {
      const { network } = await openNetwork("built-in", {});
      const size = { width: 311, height: 205 };
      const settings = { styleMeasure, relative: true };
      const { whole, blockwise } = await evaluateBoth({ size, mostPixels: 40_000, settings, network });
      expectSame(whole, blockwise);
    },
  );
});

describe.skipIf(!process.env.IMPASTO_WEIGHTS)("With VGG-19's weights (needs IMPASTO_WEIGHTS)", () => {
  test.each(["gram", "gaussian"] as const)(
    "the objective in blocks is that of the whole picture by the %s measure",
    async (styleMeasure) => {
      const { network } = await openNetwork("vgg19", process.env);
      const size = { width: 311, height: 205 };
      const settings = { styleMeasure, relative: true };
      const { whole, blockwise } = await evaluateBoth({ size, mostPixels: 40_000, settings, network });
      expectSame(whole, blockwise);
    },
  );
});

test("An objective in blocks whose gradient finds no room leaves nothing behind", async () => {
  const watched = await narrowEngine();
  // Two to the 33 numbers, which no array holds.
  const size = { width: 65_536, height: 65_536 };
  const view = {
    partition: { ...partition({ width: 32, height: 32 }, LAYERS, leastRegion(LAYERS)), size },
    network: watched.network,
    runtime: watched.runtime,
    settings: SETTINGS,
    layers: LAYERS,
  } satisfies View;
  await expect(compileBlockwiseObjective(view, {}, countingTerms(SETTINGS))).rejects.toThrow(RangeError);
  expect(watched.open()).toBe(0);
});
