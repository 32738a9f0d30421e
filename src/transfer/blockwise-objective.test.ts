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
import { compileObjective, type Evaluation } from "./objective.ts";
import { parseOptions } from "./options.ts";
import { resolveSettings, type Settings } from "./settings.ts";
import { contentTargets, styleTargets, type Targets } from "./targets.ts";

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
  const targets: Targets = {
    ...(await contentTargets(photograph, network, runtime, settings)),
    ...(await styleTargets([{ picture: painting, weight: 1 }], network, runtime, settings)),
  };
  const { rgb: point } = colours(width, height, 3);
  const divided = partition(size, LAYERS, mostPixels);
  const view = { partition: divided, network, runtime, settings };
  const evaluate = async (compiled: ReturnType<typeof compileObjective>): Promise<Evaluation> => {
    const objective = await compiled;
    const evaluation = await objective.evaluate(point);
    await objective.release();
    return evaluation;
  };
  return {
    whole: await evaluate(compileObjective(size, targets, network, runtime, settings)),
    blockwise: await evaluate(compileBlockwiseObjective(view, targets)),
    divided,
  };
}

function expectSame(whole: Evaluation, blockwise: Evaluation): void {
  expect(relativeError(blockwise.gradient, whole.gradient)).toBeLessThan(1e-4);
  expect(Object.keys(blockwise.loss.terms).sort()).toEqual(Object.keys(whole.loss.terms).sort());
  for (const [name, loss] of Object.entries(whole.loss.terms)) {
    expect(Math.abs(blockwise.loss.terms[name] - loss), name).toBeLessThanOrEqual(1e-4 * loss);
  }
  for (const kind of ["total", "content", "style", "smoothness"] as const) {
    expect(Math.abs(blockwise.loss[kind] - whole.loss[kind]), kind).toBeLessThanOrEqual(
      1e-4 * whole.loss[kind],
    );
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
    const view = { partition: partition(size, LAYERS, small), network, runtime, settings: SETTINGS };
    const { rgb } = colours(size.width, size.height, 1);
    const painting = [{ picture: colours(64, 64, 2), weight: 1 }];
    const objective = await compileBlockwiseObjective(view, {
      ...(await contentTargets({ ...size, rgb }, network, runtime, SETTINGS)),
      ...(await styleTargets(painting, network, runtime, SETTINGS)),
    });
    const controller = new AbortController();
    const evaluation = objective.evaluate(rgb, controller.signal);
    controller.abort();
    await expect(evaluation).rejects.toBe(controller.signal.reason);
    await objective.release();
  });
});

describe("Targets in blocks are those of the whole picture", () => {
  const network = narrowNetwork();
  const picture: Picture = colours(421, 263, 5);

  test("for the content", async () => {
    const whole = await contentTargets(picture, network, runtime, SETTINGS);
    const blockwise = await contentTargets(picture, network, runtime, SETTINGS, leastRegion(LAYERS));
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
    const whole = await styleTargets(styles, network, runtime, settings);
    const blockwise = await styleTargets(styles, network, runtime, settings, leastRegion(LAYERS));
    expect(Object.keys(blockwise).sort()).toEqual(Object.keys(whole).sort());
    for (const [name, values] of Object.entries(whole)) {
      expect(relativeError(blockwise[name], values)).toBeLessThan(1e-4);
    }
  });

  test("and stop when they are told to", async () => {
    const aborted = AbortSignal.abort();
    await expect(
      contentTargets(picture, network, runtime, SETTINGS, leastRegion(LAYERS), aborted),
    ).rejects.toBe(aborted.reason);
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
  };
  await expect(compileBlockwiseObjective(view, {})).rejects.toThrow(RangeError);
  expect(watched.open()).toBe(0);
});
