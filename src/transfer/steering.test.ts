import { describe, expect, test } from "vitest";
import { relativeError } from "../../test/evaluate.ts";
import { colours } from "../../test/narrow-engine.ts";
import { content, openTransfers, PLAIN, painting, request, strip } from "../../test/transfers.ts";
import { MisuseError } from "../errors.ts";
import type { Picture } from "../image/picture.ts";
import { leastRegion } from "./blocks.ts";
import type { Iterate } from "./iterate.ts";
import { type LossReport, lossOfKind } from "./objective.ts";
import type { OptionsInput, Steering } from "./options.ts";
import type { RunControls, StylizeRequest } from "./run.ts";
import type { RunState } from "./run-state.ts";
import { PRESETS } from "./settings.ts";
import { drain, stylize } from "./stylize.ts";

const { engine, run } = await openTransfers();

const RUNS = [
  ["L-BFGS with a line search", { ...PLAIN, iterations: 12 }, 50],
  // With no line search it goes wherever rounding takes it, and two such runs part.
  ["L-BFGS in PyTorch's manner", { ...PLAIN, preset: "neural-style", iterations: 12 }, 10],
  ["Adam", { ...PLAIN, preset: "notebook", iterations: 12 }, 50],
] as const satisfies readonly (readonly [string, OptionsInput, number])[];

/** Runs a transfer that is steered otherwise after some evaluations, and tells of each step. */
async function steer(
  asked: StylizeRequest,
  after: Readonly<Record<number, Steering>>,
  controls: RunControls = {},
  onIterate: (iterate: Iterate) => unknown = () => {},
) {
  const losses: LossReport[] = [];
  const states: RunState[] = [];
  let made = (controls.from?.evaluationsBefore ?? 0) + (controls.from?.evaluation ?? 0);
  const steering = () => {
    const times = Object.keys(after).map(Number);
    return after[Math.max(...times.filter((time) => time <= made))];
  };
  const result = await drain(stylize(asked, engine, { ...controls, steer: steering }), async (iterate) => {
    losses.push(iterate.loss);
    states.push(await iterate.state());
    made += 1;
    await onIterate(iterate);
  });
  return { losses, states, result };
}

/** How many times as large each term's loss is. */
const ratios = (
  one: LossReport | undefined,
  other: LossReport | undefined,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(one?.terms ?? {}).map(([name, value]) => [
      name,
      value / (other?.terms[name] ?? Number.NaN),
    ]),
  );

describe.each(RUNS)("With %s, weights that are changed", (_, options, rest) => {
  const { contentWeight, styleWeight, smoothnessWeight } = PRESETS[options.preset];
  const other = { contentWeight: 30 * contentWeight, styleWeight: styleWeight / 2 };

  test("reach the loss that a run with them reaches from there", async () => {
    const asked = request({ ...options, iterations: 20 + rest });
    let there = content;
    const steered = await steer(asked, { 20: other }, {}, async (iterate) => {
      if (iterate.evaluation === 20) there = await iterate.picture();
    });
    const fromThere = { ...options, ...other, iterations: rest, init: "there.png" };
    const reference = await run(request(fromThere, { initial: there }));
    const reached = steered.result.loss.total;
    expect(Math.abs(reached / reference.result.loss.total - 1)).toBeLessThan(0.02);
    expect(reached).toBeLessThan(steered.losses[20].total);
    // It is another picture than the one that the run would have come to.
    const unsteered = await run(asked);
    expect(relativeError(steered.result.picture.rgb, unsteered.result.picture.rgb)).toBeGreaterThan(0.01);
  });

  test("count from the next evaluation on, where the run stands, and nothing is compiled for them", async () => {
    let compiled = 0;
    const { losses, states } = await steer(request(options), { 5: other }, {}, ({ evaluation }) => {
      if (evaluation === 1) compiled = engine.compiled();
    });
    expect(engine.compiled()).toBe(compiled);
    const { smoothness = 0, ...changed } = ratios(losses[5], losses[4]);
    for (const [name, ratio] of Object.entries(changed)) {
      expect(ratio / (name.startsWith("content") ? 30 : 1 / 2), name).toBeCloseTo(1, 4);
    }
    if (smoothnessWeight > 0) expect(smoothness).toBeCloseTo(1, 4);
    expect(states[5].optimizer.accepted).toEqual(states[4].optimizer.accepted);
    expect(states[5].steering).toMatchObject(other);
    expect(states[4].steering).toMatchObject({ contentWeight, styleWeight });
  });

  test("are never compared with those before: the best is one of theirs, however much more it is", async () => {
    const controller = new AbortController();
    const heavier = { contentWeight: 1e9 * contentWeight, styleWeight: 1e9 * styleWeight };
    const { losses, result } = await steer(
      request(options),
      { 5: heavier },
      { signal: controller.signal },
      ({ evaluation }) => evaluation === 9 && controller.abort(),
    );
    const totals = losses.map(({ total }) => total);
    expect(result.stopped).toBe(true);
    expect(Math.min(...totals.slice(5))).toBeGreaterThan(Math.min(...totals.slice(0, 5)));
    expect(result.loss.total).toBe(Math.min(...totals.slice(5)));
  });

  test("are in the state: a run goes on from it with them, whether or not it is steered again", async () => {
    const whole = await steer(request(options), { 3: other });
    for (const evaluation of [3, 4, 7]) {
      const from = () => structuredClone(whole.states[evaluation - 1]);
      const again = await steer(request(options), { 3: other }, { from: from() });
      expect(again.losses).toEqual(whole.losses.slice(evaluation));
      expect(again.result.picture).toEqual(whole.result.picture);
      if (evaluation === 3) continue;
      const left = await drain(stylize(request(options), engine, { from: from() }));
      expect(left).toMatchObject({ picture: whole.result.picture, loss: whole.result.loss, evaluations: 12 });
    }
  });

  test("when a run is gone on with are as those that are changed while it goes on", async () => {
    const before = await steer(request(options), {});
    const changed = await steer(request(options), { 6: other });
    const from = before.states[5];
    const later = await steer(request(options), { 0: other }, { from });
    expect(later.losses).toEqual(changed.losses.slice(6));
    expect(later.result.picture).toEqual(changed.result.picture);
  });

  test("to what they are change nothing, however often that is said", async () => {
    const unsteered = await steer(request(options), {});
    const same = { contentWeight, styleWeight };
    const said = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [index, { ...same }]));
    const steered = await steer(request(options), said);
    expect(steered.losses).toEqual(unsteered.losses);
    expect(steered.result.picture).toEqual(unsteered.result.picture);
  });
});

describe("Steering", () => {
  test("by a record that is changed in its place counts", async () => {
    const wish = { strength: 0.5 };
    const seen: number[] = [];
    const steps = stylize(request({ ...PLAIN, iterations: 6 }), engine, { steer: () => wish });
    await drain(steps, ({ evaluation, loss }) => {
      seen.push(loss.total);
      if (evaluation === 3) wish.strength = 0;
    });
    expect(seen[3]).toBeGreaterThan(2 * seen[2]);
  });

  test("sets a search going again that had come to its end", async () => {
    // From the photograph, with nothing to count but its content, there is nowhere to go.
    const options = { preset: "gatys", size: 32, init: "content", styleWeight: 0, iterations: 10 } as const;
    let evaluations = 0;
    const steer = () => (evaluations > 0 ? { styleWeight: 1 } : {});
    const steered = await drain(stylize(request(options), engine, { steer }), () => {
      evaluations += 1;
    });
    expect(steered.evaluations).toBe(10);
    expect(lossOfKind(steered.loss, "style")).toBeGreaterThan(0);
  });
});

describe("The blend of styles", () => {
  const [one, other] = [colours(40, 40, 21), colours(40, 40, 22)].map((picture, index) => ({
    ...picture,
    rgb: picture.rgb.map((value) => 0.5 * value + 0.5 * index),
  }));
  const styles = [
    { picture: one, weight: 1 },
    { picture: other, weight: 0 },
  ];
  const options = { ...PLAIN, preset: "impasto", iterations: 30 } as const;

  /** Paints with a blend that changes after an evaluation. */
  const paintBlend = (controls: RunControls, weights: readonly [number, number] = [1, 0]) => {
    const weighed = styles.map((style, index) => ({ ...style, weight: weights[index] ?? 0 }));
    return drain(stylize({ content, styles: weighed, options }, engine, controls));
  };

  test("that is changed reaches what a run with that blend from there reaches", async () => {
    let evaluations = 0;
    let picture: Picture | undefined;
    const steer = () => (evaluations >= 10 ? { blend: [0.2, 0.8] } : {});
    const steps = stylize({ content, styles, options: { ...options, iterations: 60 } }, engine, { steer });
    const steered = await drain(steps, async (iterate) => {
      evaluations = iterate.evaluation;
      if (iterate.evaluation === 10) picture = await iterate.picture();
    });
    const weighed = styles.map((style, index) => ({ ...style, weight: [0.2, 0.8][index] }));
    const request = { content, styles: weighed, options: { ...options, iterations: 50, init: "there" } };
    const direct = await drain(stylize({ ...request, ...(picture ? { initial: picture } : {}) }, engine));
    expect(steered.loss.total / direct.loss.total).toBeGreaterThan(0.9);
    expect(steered.loss.total / direct.loss.total).toBeLessThan(1.1);
    expect(steered.steered).toBe(true);
  });

  test("from the beginning is that of styles with those weights, to the byte", async () => {
    const steered = await paintBlend({ steer: () => ({ blend: [1, 3] }) });
    const plainly = await paintBlend({ steer: () => ({}) }, [1, 3]);
    expect(relativeError(steered.picture.rgb, [...plainly.picture.rgb])).toBeLessThan(0.02);
  });

  test("has a weight for each style, one of them above 0", async () => {
    for (const blend of [[1], [1, 2, 3], [0, 0], [-1, 1], []]) {
      await expect(paintBlend({ steer: () => ({ blend }) })).rejects.toThrow(MisuseError);
    }
  });

  test("is gone on with where a run was saved", async () => {
    const steer = () => ({ blend: [1, 2] });
    const states: RunState[] = [];
    const steps = stylize({ content, styles, options }, engine, { steer });
    const whole = await drain(steps, async (iterate) => {
      if (iterate.evaluation === 12) states.push(await iterate.state());
    });
    const resumed = await paintBlend({ from: states[0] });
    expect(resumed.picture).toEqual(whole.picture);
  });
});

describe("A run that may be steered", () => {
  const names = (loss: LossReport): readonly string[] => Object.keys(loss.terms);

  test("keeps what is named but counts nothing in the sum, so that it can be made to count", async () => {
    const options = { ...PLAIN, iterations: 6, styleLayers: { conv1_1: 1, conv2_1: 0 } } as const;
    const unsteered = await run(request(options));
    expect(names(unsteered.result.loss)).toEqual(["content.conv4_2", "style.conv1_1"]);
    const raised = { styleLayers: { conv1_1: 1, conv2_1: 1 }, smoothnessWeight: 1 };
    const { losses } = await steer(request(options), { 3: raised });
    for (const [index, loss] of losses.entries()) {
      expect(names(loss)).toEqual(["content.conv4_2", "style.conv1_1", "style.conv2_1", "smoothness"]);
      for (const name of ["style.conv2_1", "smoothness"]) expect(loss.terms[name] > 0).toBe(index >= 3);
    }
    expect(losses[2].total / unsteered.iterates[2].loss.total).toBeCloseTo(1, 4);
  });

  test("can have a weight taken to nothing and back", async () => {
    const { losses } = await steer(request({ ...PLAIN, init: "noise", iterations: 6 }), {
      2: { styleWeight: 0 },
      4: { styleWeight: 1 },
    });
    expect(losses.map((loss) => lossOfKind(loss, "style") > 0)).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  test("refuses a layer that was not named when it began", async () => {
    const asked = request({ ...PLAIN, iterations: 6 });
    const steered = steer(asked, { 2: { contentLayers: { conv3_1: 1 } } });
    await expect(steered).rejects.toThrow(
      new MisuseError("content.conv3_1 counted nothing when the run began, and cannot be made to count now."),
    );
    expect(engine.open()).toBe(0);
  });

  test.each([
    ["negative weights", { styleWeight: -1 }, "Expected a finite number of at least 0 for styleWeight"],
    [
      "strength and weights at once",
      { strength: 0.5, styleWeight: 1 },
      "strength stands for contentWeight and",
    ],
  ])("refuses %s", async (_, steering, message) => {
    const steered = steer(request({ ...PLAIN, iterations: 6 }), { 2: steering });
    await expect(steered).rejects.toThrow(MisuseError);
    await expect(steered).rejects.toThrow(message);
    expect(engine.open()).toBe(0);
  });

  test("refuses what does not only change weights", async () => {
    // As a caller in JavaScript may give it.
    const steering: object = { iterations: 3 };
    const steered = drain(stylize(request(PLAIN), engine, { steer: () => steering }));
    await expect(steered).rejects.toThrow(new MisuseError("There is no option iterations."));
  });

  test("takes the strength as the weights that it stands for", async () => {
    const asked = request({ ...PLAIN, iterations: 8 });
    const { contentWeight, styleWeight } = PRESETS.gatys;
    const byStrength = await steer(asked, { 0: { styleWeight: 7 }, 3: { strength: 1 } });
    const byWeights = await steer(asked, {
      0: { styleWeight: 7 },
      3: { contentWeight: contentWeight / 30, styleWeight },
    });
    expect(byStrength.result.picture).toEqual(byWeights.result.picture);
    expect(byStrength.states.at(-1)?.steering).toEqual(byWeights.states.at(-1)?.steering);
    expect(ratios(byStrength.losses[3], byStrength.losses[2])["style.conv1_1"]).toBeCloseTo(1 / 7, 5);
  });

  test("stays steered at the sizes that follow", async () => {
    const asked = request({ preset: "impasto", size: 512, iterations: 2 }, { content: strip });
    const { losses, states } = await steer(asked, { 1: { styleWeight: 0 } });
    expect(states.map(({ scale }) => scale)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(losses.map((loss) => lossOfKind(loss, "style") > 0)).toEqual([true, ...Array(5).fill(false)]);
  });

  test("is steered in blocks as well", async () => {
    const size = { width: 340, height: 120 };
    const asked = request(
      { preset: "impasto", size: 340, iterations: 4 },
      { content: colours(size.width, size.height, 5), styles: [{ picture: painting, weight: 1 }] },
    );
    const plan = [{ ...size, iterations: 4, mostPixels: leastRegion(["conv5_1"]) }];
    const other = { contentWeight: 1, styleWeight: 3, smoothnessWeight: 0 };
    const { losses } = await steer(asked, { 2: other }, { plan });
    const own = PRESETS.impasto;
    for (const [name, ratio] of Object.entries(ratios(losses[2], losses[1]))) {
      const expected = {
        content: 1 / own.contentWeight,
        style: 3 / own.styleWeight,
        smoothness: 0,
      }[name.split(".")[0]];
      expect(ratio, name).toBeCloseTo(expected ?? Number.NaN, 3);
    }
  });
});

test("Steering to where nothing would count is not followed, and the run goes on to where something does", async () => {
  const asked = request({ ...PLAIN, iterations: 8 });
  const { losses, result } = await steer(asked, {
    2: { contentWeight: 0, styleWeight: 0, smoothnessWeight: 0 },
    5: { contentWeight: 0, styleWeight: 1 },
  });
  expect(losses).toHaveLength(8);
  expect(losses[3]?.total).toBeGreaterThan(0);
  expect(result.steered).toBe(true);
});
