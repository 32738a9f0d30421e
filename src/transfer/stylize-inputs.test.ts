import { describe, expect, test } from "vitest";
import { relativeError, uniform } from "../../test/evaluate.ts";
import { colours } from "../../test/narrow-engine.ts";
import { content, openTransfers, PLAIN, painting, request } from "../../test/transfers.ts";
import { MisuseError } from "../errors.ts";
import type { Picture } from "../image/picture.ts";
import { resize } from "../image/resize.ts";
import { lossOfKind } from "./objective.ts";
import { type OptionsInput, PRESET_NAMES } from "./options.ts";
import type { StylizeRequest } from "./run.ts";
import { drain, stylize } from "./stylize.ts";

const { engine, run, paint } = await openTransfers();

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
    const { result } = await run(request(PLAIN, { content: hidden(7) }), { signal: AbortSignal.abort() });
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
    lossOfKind((await run(asked)).iterates[0].loss, "style");

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
    expect((await paint(blend([painting, 2 ** 1022], [other, 3 * 2 ** 1022]))).rgb).toEqual(reference.rgb);
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
      expect(lossOfKind(iterates[0].loss, "style")).toBeGreaterThan(0);
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
      new MisuseError('Expected content, noise, style or a picture file for init but received "start.png".'),
    );
  });

  test("from a picture is the option's to ask for: one that is given without it is left aside", async () => {
    const { iterates } = await run(request({ ...PLAIN, iterations: 1 }, { initial: colours(32, 24, 20) }));
    expect(iterates[0].shown.rgb).toEqual(content.rgb);
  });
});

describe("A weight of 0", () => {
  test("for the content leaves style alone, and for the style content alone", async () => {
    const [style] = (await run(request({ ...PLAIN, contentWeight: 0, iterations: 1 }))).iterates;
    expect(lossOfKind(style.loss, "content")).toBe(0);
    expect(lossOfKind(style.loss, "style")).toBeGreaterThan(0);
    const asked = request({ ...PLAIN, styleWeight: 0, init: "start.png" }, { initial: painting });
    const [one] = (await run(asked)).iterates;
    expect(lossOfKind(one.loss, "style")).toBe(0);
    expect(lossOfKind(one.loss, "content")).toBeGreaterThan(0);
    expect(Object.keys(one.loss.terms)).toEqual(["content.conv4_2"]);
  });
});

describe("The picture to start from", () => {
  const first = async (options: OptionsInput): Promise<Float32Array> => {
    // Adam's first step is small and the same for all.
    const small = { ...PLAIN, preset: "notebook", iterations: 1, learningRate: 1e-6, ...options } as const;
    return (await drain(stylize(request(small), engine))).picture.rgb;
  };

  test("may be the style, in the photograph's shape", async () => {
    const [fromStyle, fromContent] = [await first({ init: "style" }), await first({ init: "content" })];
    expect(fromStyle).not.toEqual(fromContent);
    const { picture } = request().styles[0];
    const { width, height } = (await drain(stylize(request(PLAIN), engine))).picture;
    expect(relativeError(fromStyle, [...resize(picture, width, height).rgb])).toBeLessThan(1e-3);
  });

  test("is mixed with as much noise as is asked for, the same for one seed", async () => {
    const [none, half, all] = [
      await first({ init: "content", noiseRatio: 0 }),
      await first({ init: "content", noiseRatio: 0.5 }),
      await first({ init: "noise" }),
    ];
    expect(await first({ init: "content" })).toEqual(none);
    expect(relativeError(half, [...none.map((value, i) => (value + all[i]) / 2)])).toBeLessThan(1e-3);
    expect(await first({ init: "content", noiseRatio: 1 })).toEqual(all);
    expect(await first({ init: "content", noiseRatio: 0.5, seed: 9 })).not.toEqual(half);
  });
});
