import { beforeAll, describe, expect, test } from "vitest";
import { relativeError, uniform } from "../../test/evaluate.ts";
import { colours, narrowEngine, type WatchedEngine } from "../../test/narrow-engine.ts";
import { ImpastoError, MisuseError } from "../errors.ts";
import type { Picture } from "../image/picture.ts";
import { sizeWithLongestSide } from "../image/size.ts";
import type { Iterate, Stylization } from "./iterate.ts";
import { type OptionsInput, PRESET_NAMES } from "./options.ts";
import { drain, type StylizeRequest, stylize } from "./stylize.ts";

/** A preset of one size whose loss only falls, on pictures of the size that is asked for. */
const PLAIN = { preset: "gatys", size: 32, iterations: 3, init: "content" } as const satisfies OptionsInput;
/** Coarse to fine, on a strip of a picture. */
const COARSE_TO_FINE = { preset: "impasto", size: 512, iterations: 3 } as const satisfies OptionsInput;

const content = colours(32, 24, 1);
const painting = colours(32, 24, 2);
const strip = colours(512, 32, 3);

let engine: WatchedEngine;
beforeAll(async () => {
  engine = await narrowEngine();
});

const request = (options: OptionsInput = PLAIN, rest: Partial<StylizeRequest> = {}): StylizeRequest => ({
  content,
  styles: [{ picture: painting, weight: 1 }],
  options,
  ...rest,
});

/** All steps, each with the picture it showed, and the result. */
async function follow(steps: AsyncGenerator<Iterate, Stylization>) {
  const iterates: (Iterate & { readonly shown: Picture })[] = [];
  const result = await drain(steps, (iterate) => iterates.push({ ...iterate, shown: iterate.picture() }));
  return { iterates, result };
}

const run = (...[asked, signal]: [StylizeRequest, AbortSignal?]) => follow(stylize(asked, engine, signal));
const paint = async (asked: StylizeRequest): Promise<Picture> => (await run(asked)).result.picture;

/** Stops after some evaluations. */
async function stopAfter(asked: StylizeRequest, evaluations: number) {
  const controller = new AbortController();
  const iterates: (Iterate & { readonly shown: Picture })[] = [];
  const result = await drain(stylize(asked, engine, controller.signal), (iterate) => {
    iterates.push({ ...iterate, shown: iterate.picture() });
    if (iterates.length === evaluations) controller.abort();
  });
  return { iterates, result };
}

const inRange = ({ rgb }: Picture): boolean => rgb.every((value) => value >= 0 && value <= 1);

describe("A transfer", () => {
  test("yields once for each evaluation, with its number, its size and its losses", async () => {
    const { iterates, result } = await run(request({ ...PLAIN, iterations: 5 }));
    expect(iterates.map(({ evaluation }) => evaluation)).toEqual([1, 2, 3, 4, 5]);
    for (const { scale, scales, size, evaluations, loss, shown } of iterates) {
      expect({ scale, scales, size, evaluations }).toEqual({
        scale: 1,
        scales: 1,
        size: { width: 32, height: 24 },
        evaluations: 5,
      });
      const { total, content, style, smoothness, terms } = loss;
      const sum = Object.values(terms).reduce((a, b) => a + b, 0);
      expect(total / sum).toBeCloseTo(1, 5);
      expect((content + style + smoothness) / sum).toBeCloseTo(1, 5);
      expect(shown).toMatchObject({ width: 32, height: 24 });
      expect(shown.alpha).toBeUndefined();
      expect(inRange(shown)).toBe(true);
    }
    expect(result).toMatchObject({ evaluations: 5, stopped: false, loss: iterates[4].loss });
    expect(result.picture.rgb).toEqual(iterates[4].shown.rgb);
  });

  test("tells of the time: what is gone never less, what is left down to nothing", async () => {
    for (const asked of [request(), request(COARSE_TO_FINE, { content: strip })]) {
      const { iterates, result } = await run(asked);
      let before = 0;
      for (const { secondsElapsed } of iterates) {
        expect(secondsElapsed).toBeGreaterThanOrEqual(before);
        before = secondsElapsed;
      }
      for (const { secondsLeft } of iterates.slice(3, -1)) {
        expect(secondsLeft).toBeGreaterThan(0);
        expect(Number.isFinite(secondsLeft)).toBe(true);
      }
      expect(iterates.at(-1)?.secondsLeft).toBe(0);
      expect(result.seconds).toBeGreaterThanOrEqual(before);
      expect(result.secondsPerEvaluation).toBeGreaterThan(0);
      expect(result.secondsPerEvaluation).toBeLessThan(result.seconds);
    }
  });

  test("goes from coarse to fine, each size larger, the last the one that was asked for", async () => {
    const { iterates, result } = await run(request(COARSE_TO_FINE, { content: strip }));
    const { scales } = iterates[0];
    expect(scales).toBeGreaterThan(1);
    expect(iterates.map(({ scale }) => scale)).toEqual(
      Array.from({ length: 3 * scales }, (_, index) => 1 + Math.floor(index / 3)),
    );
    expect(iterates.map(({ evaluation }) => evaluation)).toEqual(
      Array.from({ length: 3 * scales }, (_, index) => 1 + (index % 3)),
    );
    const widths = [...new Set(iterates.map(({ size }) => size.width))];
    expect(widths).toHaveLength(scales);
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    for (const { size, shown } of iterates) {
      expect(shown).toMatchObject(size);
      expect(size.height).toBe(Math.max(16, Math.round(size.width / 16)));
    }
    expect(widths.at(-1)).toBe(512);
    expect(result).toMatchObject({ evaluations: 3 * scales, picture: { width: 512, height: 32 } });
  });

  test.each(PRESET_NAMES)("makes the loss fall with the preset %s", async (preset) => {
    const { iterates } = await run(request({ preset, size: 32, iterations: 25, init: "content" }));
    const [first, last] = [iterates[0].loss.total, iterates[24].loss.total];
    expect(last).toBeLessThan(first);
    for (const { loss } of iterates) expect(Number.isFinite(loss.total)).toBe(true);
  });

  test("never lets the loss rise with L-BFGS and a line search", async () => {
    const { iterates } = await run(request({ ...PLAIN, iterations: 40, init: "noise" }));
    for (const [index, { loss }] of iterates.entries()) {
      const { total } = iterates[Math.max(0, index - 1)].loss;
      expect(loss.total).toBeLessThanOrEqual(total * (1 + 1e-5));
    }
  });

  test("shows a picture of each step that stays as it was shown", async () => {
    const shown: { readonly picture: Picture; readonly copy: Float32Array }[] = [];
    await drain(stylize(request(), engine), (iterate) => {
      const picture = iterate.picture();
      shown.push({ picture, copy: picture.rgb.slice() });
    });
    for (const { picture, copy } of shown) expect(picture.rgb).toEqual(copy);
    expect(shown[2].copy).not.toEqual(shown[0].copy);
  });

  test("clamps what it shows and gives, however far the variables go", async () => {
    const wild = { ...PLAIN, optimizer: "adam", learningRate: 2 } as const;
    const { iterates, result } = await run(request(wild));
    expect(iterates.every(({ shown }) => inRange(shown))).toBe(true);
    expect(inRange(result.picture)).toBe(true);
    expect(result.picture.rgb).toContain(0);
    expect(result.picture.rgb).toContain(1);
  });

  test("is the same to the bit when it is made again", async () => {
    expect((await paint(request())).rgb).toEqual((await paint(request())).rgb);
  });

  test("leaves the pictures it was given as they were", async () => {
    const copies = [content, painting].map(({ rgb }) => rgb.slice());
    await paint(request({ ...PLAIN, size: 48 }));
    expect([content.rgb, painting.rgb]).toEqual(copies);
  });
});

describe("The size of a result", () => {
  test.each([
    [20, 10, 64],
    [10, 20, 64],
    [33, 32, 40],
    [100, 3, 48],
  ])("has the longest side asked for where the content is %i×%i", async (width, height, size) => {
    const small = colours(width, height, 9);
    const { picture } = (await run(request({ ...PLAIN, size, iterations: 1 }, { content: small }))).result;
    expect(picture).toMatchObject(sizeWithLongestSide(width, height, size));
    expect(picture.rgb).toHaveLength(3 * picture.width * picture.height);
  });

  test("that is the content's own leaves every pixel as it is until a step is taken", async () => {
    const { iterates } = await run(request({ ...PLAIN, iterations: 1 }));
    expect(iterates[0].shown.rgb).toEqual(content.rgb);
    expect(iterates[0].loss.content).toBe(0);
  });
});

describe("Stopped by a signal, a transfer", () => {
  test("makes no further evaluation and gives what it has", async () => {
    const { iterates, result } = await stopAfter(request({ ...PLAIN, iterations: 50 }), 2);
    expect(iterates).toHaveLength(2);
    expect(result).toMatchObject({ evaluations: 2, stopped: true });
    expect(result.picture.rgb).toEqual(iterates[1].shown.rgb);
    expect(engine.open()).toBe(0);
  });

  test("in the midst of an evaluation ends after it", async () => {
    const controller = new AbortController();
    const steps = stylize(request({ ...PLAIN, iterations: 50 }), engine, controller.signal);
    const pending = steps.next();
    controller.abort();
    expect((await pending).done).toBe(false);
    const end = await steps.next();
    expect(end).toMatchObject({ done: true, value: { evaluations: 1, stopped: true } });
    expect(engine.open()).toBe(0);
  });

  test("gives the best picture so far, not the last", async () => {
    // Steps so long that the loss goes up and down.
    const options = { ...PLAIN, iterations: 50, optimizer: "adam", learningRate: 0.5 } as const;
    for (const evaluations of [1, 2, 5, 8]) {
      const { iterates, result } = await stopAfter(request(options), evaluations);
      const losses = iterates.map(({ loss }) => loss.total);
      const best = losses.indexOf(Math.min(...losses));
      if (evaluations === 8) expect(best).toBeLessThan(7);
      expect(result.picture.rgb).toEqual(iterates[best].shown.rgb);
    }
  });

  test("before its first evaluation gives the picture it would have started from, at the final size", async () => {
    for (const options of [PLAIN, { ...COARSE_TO_FINE, size: 256 }]) {
      const compiled = engine.compiled();
      const { iterates, result } = await run(request(options), AbortSignal.abort());
      expect(iterates).toEqual([]);
      expect(result).toMatchObject({ evaluations: 0, stopped: true, secondsPerEvaluation: 0 });
      expect(result.picture).toMatchObject(sizeWithLongestSide(32, 24, options.size));
      expect(inRange(result.picture)).toBe(true);
      expect(engine.compiled()).toBe(compiled);
    }
    expect((await run(request(), AbortSignal.abort())).result.picture.rgb).toEqual(content.rgb);
  });

  test("at a coarse size gives its best picture at the final size", async () => {
    const coarse = request({ ...COARSE_TO_FINE, iterations: 5 }, { content: strip });
    const { iterates, result } = await stopAfter(coarse, 3);
    expect(iterates.at(-1)?.size.width).toBeLessThan(512);
    expect(result).toMatchObject({
      evaluations: 3,
      stopped: true,
      picture: { width: 512, height: 32 },
      loss: iterates[2].loss,
    });
    expect(inRange(result.picture)).toBe(true);
    expect(engine.open()).toBe(0);
  });

  test("at or after its end has not been stopped", async () => {
    const controller = new AbortController();
    const { iterates, result } = await run(request(), controller.signal);
    controller.abort();
    expect(result.stopped).toBe(false);
    const last = await stopAfter(request(), iterates.length);
    expect(last.result).toMatchObject({ evaluations: iterates.length, stopped: false });
    const steep = { ...PLAIN, optimizer: "adam", learningRate: 0.3 } as const;
    const whole = await run(request(steep));
    const signalled = await stopAfter(request(steep), whole.iterates.length);
    expect(signalled.result.picture.rgb).toEqual(whole.result.picture.rgb);
  });
});

describe("The programs of a transfer", () => {
  test("are released at its end", async () => {
    const compiled = engine.compiled();
    await run(request(COARSE_TO_FINE, { content: strip }));
    expect(engine.compiled()).toBeGreaterThan(compiled);
    expect(engine.open()).toBe(0);
  });

  test("are released when its caller leaves early", async () => {
    for await (const iterate of stylize(request({ ...PLAIN, iterations: 50 }), engine)) {
      expect(engine.open()).toBe(1);
      if (iterate.evaluation === 2) break;
    }
    expect(engine.open()).toBe(0);
  });

  test("are released when the caller of drain breaks down", async () => {
    const own = await narrowEngine();
    const breaking = drain(stylize(request(), own), () => {
      throw new Error("The caller broke down");
    });
    await expect(breaking).rejects.toThrow("The caller broke down");
    expect(own.open()).toBe(0);
  });

  test("leave no memory behind in ten transfers", async () => {
    const large = request({ ...PLAIN, size: 256, iterations: 2 }, { content: colours(256, 256, 4) });
    for (let warm = 0; warm < 3; warm++) await run(large);
    const before = process.memoryUsage.rss();
    for (let round = 0; round < 10; round++) await run(large);
    // One such program holds above 30 MB: ten that were kept would be far beyond this.
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(150);
    expect(engine.open()).toBe(0);
  });
});

describe("Transparency", () => {
  const alpha = uniform([24, 32], 6).map((value) => Math.max(0, value));
  const hidden = (seed: number): Picture => {
    const other = colours(32, 24, seed).rgb;
    return {
      ...content,
      alpha,
      rgb: content.rgb.map((value, i) => (alpha[i % alpha.length] > 0 ? value : other[i])),
    };
  };

  test("of the content is the result's, to the bit where nothing was resampled", async () => {
    const picture = await paint(request(PLAIN, { content: hidden(7) }));
    expect(picture.alpha).toEqual(alpha);
    expect((await paint(request())).alpha).toBeUndefined();
  });

  test("of the content comes along to the result's size", async () => {
    const picture = await paint(request({ ...PLAIN, size: 64 }, { content: hidden(7) }));
    expect(picture.alpha).toHaveLength(64 * 48);
    expect(picture.alpha?.every((value) => value >= 0 && value <= 1)).toBe(true);
    const mean = (values: Float32Array = new Float32Array()) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(picture.alpha)).toBeCloseTo(mean(alpha), 1);
  });

  test("is kept also when stopped before the first evaluation", async () => {
    const { result } = await run(request(PLAIN, { content: hidden(7) }), AbortSignal.abort());
    expect(result.picture.alpha).toEqual(alpha);
  });

  test("hides colours: what cannot be seen in content, style or start changes nothing", async () => {
    const [one, other] = [hidden(7), hidden(8)];
    expect(one.rgb).not.toEqual(other.rgb);
    const results = await Promise.all(
      [one, other].map(async (picture) => [
        await paint(request(PLAIN, { content: picture })),
        await paint(request(PLAIN, { styles: [{ picture, weight: 1 }] })),
        await paint(request({ ...PLAIN, init: "start.png" }, { initial: picture })),
      ]),
    );
    for (const [index, { rgb }] of results[0].entries()) expect(rgb).toEqual(results[1][index].rgb);
  });
});

describe("Several styles", () => {
  const other = colours(32, 24, 11);
  const blend = (...weights: readonly (readonly [Picture, number])[]) =>
    request(PLAIN, { styles: weights.map(([picture, weight]) => ({ picture, weight })) });
  const styleLoss = async (asked: StylizeRequest): Promise<number> =>
    (await run(asked)).iterates[0].loss.style;

  test("that are one and the same are that style", async () => {
    const alone = await paint(blend([painting, 1]));
    expect((await paint(blend([painting, 1], [painting, 1]))).rgb).toEqual(alone.rgb);
    const uneven = await paint(blend([painting, 1], [painting, 2], [painting, 4]));
    expect(relativeError(uneven.rgb, alone.rgb)).toBeLessThan(1e-3);
  });

  test("of weight 0 are as good as absent", async () => {
    const alone = await paint(blend([painting, 1]));
    expect((await paint(blend([painting, 1], [other, 0]))).rgb).toEqual(alone.rgb);
    expect((await paint(blend([other, 0], [painting, 5]))).rgb).toEqual(alone.rgb);
  });

  test("count by the ratios of their weights", async () => {
    const reference = await paint(blend([painting, 1], [other, 3]));
    expect((await paint(blend([painting, 2], [other, 6]))).rgb).toEqual(reference.rgb);
    expect((await paint(blend([painting, 2 ** -40], [other, 3 * 2 ** -40]))).rgb).toEqual(reference.rgb);
    const swapped = await paint(blend([painting, 3], [other, 1]));
    expect(relativeError(swapped.rgb, reference.rgb)).toBeGreaterThan(1e-5);
  });

  test("are blended in their statistics: the loss is a parabola in the share of each", async () => {
    // ‖G − (1−t)A − tB‖² is quadratic in t: three values give the fourth.
    const [at0, at50, at100, at25] = [
      await styleLoss(blend([painting, 1])),
      await styleLoss(blend([painting, 1], [other, 1])),
      await styleLoss(blend([other, 1])),
      await styleLoss(blend([painting, 3], [other, 1])),
    ];
    expect(at25 / (0.375 * at0 + 0.75 * at50 - 0.125 * at100)).toBeCloseTo(1, 4);
  });

  test("may have sizes of their own", async () => {
    const tall = colours(20, 50, 12);
    for (const preset of PRESET_NAMES) {
      const styles = [painting, tall].map((picture) => ({ picture, weight: 1 }));
      const { iterates } = await run(request({ preset, size: 32, iterations: 1 }, { styles }));
      expect(iterates[0].loss.style).toBeGreaterThan(0);
    }
  });

  test.each([
    ["none", [], "Name at least one style picture."],
    ["only some of weight 0", [0, 0], "The styles' weights sum to 0"],
    ["one of a negative weight", [2, -1], "Expected a finite number of at least 0 for a style's weight"],
    ["weights that cancel", [1, -1], "but received -1."],
    ["one of weight NaN", [Number.NaN], "but received NaN."],
    ["one of infinite weight", [1, Number.POSITIVE_INFINITY], "but received Infinity."],
  ])("are misuse where there is %s", async (_, weights, message) => {
    const compiled = engine.compiled();
    const running = run(request(PLAIN, { styles: weights.map((weight) => ({ picture: painting, weight })) }));
    await expect(running).rejects.toThrow(MisuseError);
    await expect(running).rejects.toThrow(message);
    expect(engine.compiled()).toBe(compiled);
  });
});

describe("The start", () => {
  const noise = (preset: "gatys" | "neural-style", seed: number) =>
    run(request({ preset, size: 32, iterations: 2, init: "noise", seed }));

  test.each(["gatys", "neural-style"] as const)(
    "from noise is the seed's with the preset %s",
    async (preset) => {
      const [one, again, other] = [await noise(preset, 1), await noise(preset, 1), await noise(preset, 2)];
      expect(again.result.picture.rgb).toEqual(one.result.picture.rgb);
      expect(other.iterates[0].shown.rgb).not.toEqual(one.iterates[0].shown.rgb);
      expect(other.result.picture.rgb).not.toEqual(one.result.picture.rgb);
    },
  );

  test("from the content does not ask for a seed", async () => {
    const [one, other] = [
      await paint(request({ ...PLAIN, seed: 1 })),
      await paint(request({ ...PLAIN, seed: 2 })),
    ];
    expect(one.rgb).toEqual(other.rgb);
  });

  test("from a picture is that picture, brought to the size", async () => {
    const initial = colours(32, 24, 20);
    const options = { ...PLAIN, init: "start.png", iterations: 1 };
    expect((await run(request(options, { initial }))).iterates[0].shown.rgb).toEqual(initial.rgb);
    const small = await run(request(options, { initial: colours(7, 50, 21) }));
    expect(small.iterates[0].shown).toMatchObject({ width: 32, height: 24 });
  });

  test("from a picture that was not given is misuse", async () => {
    const running = run(request({ ...PLAIN, init: "start.png" }));
    await expect(running).rejects.toThrow(
      new MisuseError('Expected content, noise or a picture file for init but received "start.png".'),
    );
  });

  test("from a picture is the option's to ask for: one that is given without it is left aside", async () => {
    const { iterates } = await run(request({ ...PLAIN, iterations: 1 }, { initial: colours(32, 24, 20) }));
    expect(iterates[0].shown.rgb).toEqual(content.rgb);
  });
});

describe("A transfer that cannot be done", () => {
  test("for want of memory is refused at once, with a size that would do", async () => {
    const compiled = engine.compiled();
    const bounded = { ...engine, memory: 0.2e9 };
    const refused = drain(stylize(request({ preset: "gatys", size: 2000 }), bounded));
    await expect(refused).rejects.toThrow(/^A picture of 2000×1500 needs about 0\.\d GB of memory/);
    await expect(refused).rejects.not.toBeInstanceOf(MisuseError);
    expect(engine.compiled()).toBe(compiled);
    const error: unknown = await refused.catch((reason: unknown) => reason);
    const [, named] = /ask for a size of (\d+) at most/.exec(String(error)) ?? [];
    const smaller = stylize(request({ preset: "gatys", size: Number(named) - 4, iterations: 1 }), bounded);
    expect((await smaller.next()).done).toBe(false);
    await smaller.return(drain(stylize(request(), engine)));
  });

  test.each([
    ["adam", { ...PLAIN, iterations: 40, optimizer: "adam", learningRate: 1e30 }],
    [
      "L-BFGS in PyTorch's manner",
      { ...PLAIN, preset: "neural-style", styleWeight: 1e38, styleLayers: { conv1_1: 1e38 } },
    ],
    ["L-BFGS with a line search", { ...PLAIN, styleWeight: 1e38, styleLayers: { conv1_1: 1e38 } }],
  ] satisfies [string, OptionsInput][])("because %s loses its way says so", async (_, options) => {
    const running = run(request(options));
    await expect(running).rejects.toThrow(ImpastoError);
    await expect(running).rejects.not.toBeInstanceOf(MisuseError);
    await expect(running).rejects.toThrow(/stopped being a number at evaluation \d+: lower|finite loss/);
    expect(engine.open()).toBe(0);
  });

  test("for an option that makes no sense is misuse, before anything is compiled", async () => {
    const compiled = engine.compiled();
    for (const options of [
      { ...PLAIN, size: 1 },
      { ...PLAIN, learningRate: 1 },
      { ...PLAIN, contentWeight: 0, styleWeight: 0 },
    ]) {
      // Whether it is thrown at once or at the first step.
      await expect(async () => drain(stylize(request(options), engine))).rejects.toThrow(MisuseError);
    }
    expect(engine.compiled()).toBe(compiled);
  });
});

describe("A weight of 0", () => {
  test("for the content leaves style alone, and for the style content alone", async () => {
    const [style] = (await run(request({ ...PLAIN, contentWeight: 0, iterations: 1 }))).iterates;
    expect(style.loss.content).toBe(0);
    expect(style.loss.style).toBeGreaterThan(0);
    const asked = request({ ...PLAIN, styleWeight: 0, init: "start.png" }, { initial: painting });
    const [one] = (await run(asked)).iterates;
    expect(one.loss.style).toBe(0);
    expect(one.loss.content).toBeGreaterThan(0);
    expect(Object.keys(one.loss.terms)).toEqual(["content.conv4_2"]);
  });
});
