import { describe, expect, test } from "vitest";
import { colours, narrowEngine } from "../../test/narrow-engine.ts";
import {
  COARSE_TO_FINE,
  content,
  inRange,
  openTransfers,
  PLAIN,
  painting,
  request,
  strip,
} from "../../test/transfers.ts";
import { MisuseError } from "../errors.ts";
import type { Picture } from "../image/picture.ts";
import { sizeWithLongestSide } from "../image/size.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Engine } from "./engine.ts";
import { lossOfKind } from "./objective.ts";
import { type OptionsInput, PRESET_NAMES } from "./options.ts";
import type { StylizeRequest } from "./run.ts";
import { drain, stylize } from "./stylize.ts";
import { DivergedError } from "./unfinished.ts";

const { engine, run, paint, stopAfter } = await openTransfers();

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
      const sum = Object.values(loss.terms).reduce((a, b) => a + b, 0);
      expect(loss.total / sum).toBeCloseTo(1, 5);
      const kinds = ["content", "style", "smoothness"].map((kind) => lossOfKind(loss, kind));
      expect(kinds.reduce((a, b) => a + b, 0) / sum).toBeCloseTo(1, 5);
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
    await drain(stylize(request(), engine), async (iterate) => {
      const picture = await iterate.picture();
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
    expect(lossOfKind(iterates[0].loss, "content")).toBe(0);
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
    const steps = stylize(request({ ...PLAIN, iterations: 50 }), engine, {
      signal: controller.signal,
    });
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
      const { iterates, result } = await run(request(options), { signal: AbortSignal.abort() });
      expect(iterates).toEqual([]);
      expect(result).toMatchObject({ evaluations: 0, stopped: true, secondsPerEvaluation: 0 });
      expect(result.picture).toMatchObject(sizeWithLongestSide(32, 24, options.size));
      expect(inRange(result.picture)).toBe(true);
      expect(engine.compiled()).toBe(compiled);
    }
    expect((await run(request(), { signal: AbortSignal.abort() })).result.picture.rgb).toEqual(content.rgb);
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
    const { iterates, result } = await run(request(), { signal: controller.signal });
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

describe("A transfer that cannot be done", () => {
  test("for want of memory is refused at once, with a size that would do", async () => {
    const compiled = engine.compiled();
    const bounded = { ...engine, memory: 0.18e9 };
    const refused = drain(stylize(request({ preset: "gatys", size: 2000 }), bounded));
    await expect(refused).rejects.toThrow(/^A picture of 2000×1500 needs about \d+ MB of memory/);
    await expect(refused).rejects.not.toBeInstanceOf(MisuseError);
    expect(engine.compiled()).toBe(compiled);
    const error: unknown = await refused.catch((reason: unknown) => reason);
    const [, named] = /take a size of (\d+) at most/.exec(String(error)) ?? [];
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
  ] satisfies [string, OptionsInput][])("because %s loses its way says so", async (name, options) => {
    const running = run(request(options));
    await expect(running).rejects.toThrow(DivergedError);
    await expect(running).rejects.toThrow(/stopped being a finite number at evaluation \d+: lower/);
    const elsewhere = expect.stringContaining("or use the impasto preset");
    const message = name === "L-BFGS with a line search" ? expect.not.stringContaining("preset") : elsewhere;
    await expect(running).rejects.toMatchObject({ message });
    expect(engine.open()).toBe(0);
  });

  /** An engine whose losses are as they should be for a while, and infinite from then on. */
  const fails = async (after: number): Promise<Engine> => {
    const { network, runtime } = await narrowEngine();
    let evaluations = 0;
    const failing: Runtime = {
      ...runtime,
      async compile(outputs) {
        const program = await runtime.compile(outputs);
        if (!("gradient" in outputs)) return program;
        return {
          ...program,
          async run(inputs) {
            const results = await program.run(inputs);
            evaluations += 1;
            return evaluations > after ? { ...results, total: Float32Array.of(Infinity) } : results;
          },
        };
      },
    };
    return { network, runtime: failing };
  };
  const divergence = async (asked: StylizeRequest, failing: Engine): Promise<DivergedError> => {
    const error: unknown = await drain(stylize(asked, failing)).catch((reason: unknown) => reason);
    if (error instanceof DivergedError) return error;
    throw new Error(`Expected a DivergedError but received ${error}`);
  };

  test("because its loss became infinite keeps the best picture before that", async () => {
    const steep = { ...PLAIN, iterations: 50, optimizer: "adam", learningRate: 0.5 } as const;
    for (const after of [1, 5, 8]) {
      const { iterates, result } = await stopAfter(request(steep), after);
      const { best, evaluation } = await divergence(request(steep), await fails(after));
      expect(best?.picture).toEqual(result.picture);
      expect(best).toMatchObject({ evaluations: iterates.length, loss: result.loss, stopped: true });
      expect(evaluation).toBe(after + 1);
    }
    expect((await divergence(request(steep), await fails(0))).best).toBeUndefined();
  });

  test("at a later size keeps the picture of the size before, at the final size", async () => {
    const { best, evaluation } = await divergence(
      request(COARSE_TO_FINE, { content: strip }),
      await fails(3),
    );
    expect(evaluation).toBe(1);
    expect(best).toMatchObject({ evaluations: 3, stopped: true, picture: { width: 512, height: 32 } });
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
