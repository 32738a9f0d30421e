import { describe, expect, test } from "vitest";
import { relativeError } from "../../test/evaluate.ts";
import { colours, narrowEngine, narrowNetwork } from "../../test/narrow-engine.ts";
import { narrowChannelsOf } from "../../test/narrow-vgg19.ts";
import { ImpastoError } from "../errors.ts";
import type { DeviceLimits } from "../runtime/limits.ts";
import { leastRegion } from "./blocks.ts";
import { type OptionsInput, parseOptions } from "./options.ts";
import { checkPlan, planMemory, type Work } from "./plan.ts";
import { resolveSettings } from "./settings.ts";
import { drain, stylize } from "./stylize.ts";
import { termsOf } from "./terms/table.ts";

/** What a narrow network is to do by these options. */
function workOf(options: OptionsInput): Work {
  const settings = resolveSettings(parseOptions(options));
  return { network: narrowNetwork(), settings, terms: termsOf(settings).filter(({ counts }) => counts) };
}

const WORK = workOf({ preset: "impasto", history: 20 });
const LEAST = leastRegion(["conv5_1"]);

describe("With memory to spare, a picture", () => {
  test("is looked at whole, with the history asked for", () => {
    const plan = planMemory({ width: 512, height: 384 }, WORK, 8e9);
    expect(plan.optimizer).toEqual(WORK.settings.optimizer);
    expect(plan.mostPixels).toBeGreaterThan(512 * 384);
    expect(planMemory({ width: 64, height: 48 }, WORK, Number.POSITIVE_INFINITY).mostPixels).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

describe("With masks, a picture", () => {
  test("is looked at in as much smaller parts as the features that they weigh take", () => {
    const size = { width: 4096, height: 3072 };
    const { settings } = WORK;
    const masked = termsOf(settings, [true, true]).filter(({ counts }) => counts);
    const [plain, guided] = [WORK, { ...WORK, terms: masked }].map((work) => planMemory(size, work, 4e9));
    expect(guided.mostPixels).toBeLessThan(0.9 * plain.mostPixels);
    expect(guided.mostPixels).toBeGreaterThan(0.3 * plain.mostPixels);
  });
});

describe("On a device that bounds its tensors, a picture", () => {
  const size = { width: 512, height: 384 };
  /** The narrow network's first features are its largest. */
  const bytesOf = (pixels: number) => 4 * narrowChannelsOf("conv1_1") * pixels;
  const onDevice = (pixels: number) => ({ ...WORK, limits: { tensor: bytesOf(pixels) } });

  test("is looked at whole while its features fit into one, and else in blocks whose features do", () => {
    expect(planMemory(size, onDevice(512 * 384), 8e9).mostPixels).toBe(512 * 384);
    const cut = planMemory(size, onDevice(512 * 384 - 1), 8e9);
    expect(cut.mostPixels).toBe(512 * 384 - 1);
    expect(cut.pixelsSeen).toBeGreaterThan(512 * 384);
    expect(planMemory(size, onDevice(LEAST), 8e9).mostPixels).toBe(LEAST);
  });

  test("is refused where not even the smallest block does, with both amounts", () => {
    expect(() => planMemory(size, onDevice(LEAST - 1), 8e9)).toThrow(
      /^The device takes \d+ MB in one piece, and the smallest part of a picture needs \d+ MB: compute on another, such as cpu\.$/,
    );
  });

  test("cannot follow a plan of larger parts, and follows one of its own", () => {
    const { mostPixels, optimizer } = planMemory(size, WORK, 8e9);
    const work = onDevice(100_000);
    const check = (plan: { mostPixels: number; optimizer: typeof optimizer }) =>
      checkPlan(size, plan, 512 * 384, work, 8e9);
    expect(() => check({ mostPixels, optimizer })).toThrow(
      /^512×384 was planned for larger parts than this device takes in one piece/,
    );
    expect(() => check(planMemory(size, work, 8e9))).not.toThrow();
  });
});

describe("With copies of its state made on the way, a picture", () => {
  test("is looked at as if there were so much less memory, and all the same where there is enough", () => {
    const size = { width: 2048, height: 1536 };
    const copied = { ...WORK, copied: true };
    // Four vectors of the optimiser's own, and what it remembers.
    const copy = 3 * 4 * size.width * size.height * (2 * 20 + 4);
    const plan = planMemory(size, WORK, 6e9);
    expect(planMemory(size, copied, 6e9 + copy / 0.95)).toEqual(plan);
    expect(planMemory(size, copied, 6e9)).not.toEqual(plan);
    expect(planMemory(size, copied, 100e9).optimizer).toEqual(WORK.settings.optimizer);
  });
});

describe("As memory shrinks, a picture", () => {
  const size = { width: 4096, height: 3072 };
  const plans = Array.from({ length: 70 }, (_, i) => (70 - i) * 0.2e9).flatMap((memory) => {
    try {
      return [{ memory, ...planMemory(size, WORK, memory) }];
    } catch (error) {
      if (error instanceof ImpastoError) return [];
      throw error;
    }
  });

  test("costs ever more, until it is refused with the shortest memory", () => {
    const histories = plans.map(({ optimizer }) => (optimizer.kind === "lbfgs" ? optimizer.history : 0));
    expect(histories[0]).toBe(20);
    expect(histories.at(-1)).toBe(1);
    for (const [index, { pixelsSeen, mostPixels }] of plans.entries()) {
      // A longer history may cost a tenth.
      expect(pixelsSeen).toBeGreaterThanOrEqual((plans[index - 1]?.pixelsSeen ?? 0) / 1.1);
      expect(pixelsSeen === size.width * size.height).toBe(mostPixels >= size.width * size.height);
    }
    expect(plans[0]?.pixelsSeen).toBe(size.width * size.height);
    expect(plans.at(-1)?.mostPixels).toBeGreaterThanOrEqual(LEAST);
    expect(plans.length).toBeLessThan(70);
  });

  test("takes more than two gibibytes for a block in whole gibibytes, as ONNX Runtime does", () => {
    const work = workOf({ preset: "impasto", optimizer: "adam" });
    const mostPixels = Array.from(
      { length: 60 },
      (_, i) => planMemory(size, work, 1.6e9 + i * 0.1e9).mostPixels,
    );
    const plateaus = mostPixels.filter((pixels, index) => pixels === mostPixels[index + 1]);
    const [two, three, four, five] = [...new Set(plateaus)];
    expect(two).toBeLessThan(three);
    expect(four / three).toBeCloseTo(4 / 3);
    expect(five / three).toBeCloseTo(5 / 3);
  });

  test("is never looked at whole where only its blocks have room", () => {
    const small = { width: 512, height: 384 };
    const enough = (memory: number) => {
      try {
        return planMemory(small, WORK, memory);
      } catch {
        return undefined;
      }
    };
    const all = Array.from({ length: 400 }, (_, index) => enough(0.2e9 + index * 1e6));
    const firstWhole = all.findIndex((plan) => (plan?.mostPixels ?? 0) >= 512 * 384);
    expect(firstWhole).toBeGreaterThan(0);
    for (const plan of all.slice(firstWhole)) expect(plan?.pixelsSeen).toBe(512 * 384);
    const inBlocks = all.slice(0, firstWhole).filter((plan) => plan !== undefined);
    expect(inBlocks.length).toBeGreaterThan(0);
    for (const plan of inBlocks) expect(plan.pixelsSeen).toBeGreaterThan(512 * 384);
  });

  test("is refused with a size that then passes, and is the largest", () => {
    const memory = 0.5e9;
    const refused = () => planMemory(size, WORK, memory);
    expect(refused).toThrow(
      /^A picture of 4096×3072 needs about \d+\.\d GB of memory and 500 MB are there: take a size of \d+ at most/,
    );
    let message = "";
    try {
      refused();
    } catch (error) {
      message = String(error);
    }
    const named = Number(/a size of (\d+) at most/.exec(message)?.[1]);
    const planAt = (longest: number) =>
      planMemory({ width: longest, height: Math.ceil((longest * 3) / 4) }, WORK, memory);
    expect(() => planAt(named)).not.toThrow();
    expect(() => planAt(named + 16)).toThrow(ImpastoError);
  });

  test("is refused for what the network itself needs, where that alone is too much", () => {
    expect(() => planMemory(size, WORK, 0.1e9)).toThrow(
      /^Any picture needs about \d+ MB of memory and 100 MB are there: use the built-in network, or allow more\.$/,
    );
  });

  test("however small, has room for a block of a larger painting, or is refused", () => {
    const tiny = { width: 64, height: 64 };
    const planned = Array.from({ length: 300 }, (_, index) => 0.1e9 + index * 1e6).flatMap((memory) => {
      try {
        return planMemory(tiny, WORK, memory).mostPixels;
      } catch (error) {
        expect(error).toBeInstanceOf(ImpastoError);
        return [];
      }
    });
    expect(planned.length).toBeGreaterThan(0);
    expect(planned.length).toBeLessThan(300);
    expect(Math.min(...planned)).toBeGreaterThanOrEqual(LEAST);
  });

  test("counts the pictures that are held all the while", () => {
    const memory = plans.at(-1)?.memory ?? 0;
    expect(() => planMemory(size, WORK, memory)).not.toThrow();
    expect(() => planMemory(size, WORK, memory, 0.2e9)).toThrow(ImpastoError);
  });
});

describe("A transfer in blocks", () => {
  const request = {
    content: colours(520, 260, 1),
    styles: [{ picture: colours(500, 270, 2), weight: 1 }],
    options: { preset: "neural-style", init: "content", size: 520, iterations: 3, history: 4 },
  } as const;

  /** As little as the narrow network can do with. */
  function leastMemory(): number {
    const work = workOf(request.options);
    for (let memory = 1e6; ; memory *= 1.01) {
      try {
        planMemory(request.content, work, memory, 10 * 520 * 260 * 3);
        return memory * 1.02;
      } catch (error) {
        if (!(error instanceof ImpastoError)) throw error;
      }
    }
  }

  test("comes to the same picture as one of the whole", async () => {
    const engine = await narrowEngine();
    const whole = await drain(stylize(request, engine));
    const compiled = engine.compiled();
    const blocks = await drain(stylize(request, { ...engine, memory: leastMemory() }));
    expect(engine.compiled() - compiled).toBeGreaterThan(compiled);
    expect(engine.open()).toBe(0);
    expect(blocks.loss.total / whole.loss.total).toBeCloseTo(1, 4);
    expect(relativeError(blocks.picture.rgb, whole.picture.rgb)).toBeLessThan(1e-4);
  });

  test("is what a device makes that bounds its tensors, or what it can address", async () => {
    const engine = await narrowEngine();
    const lookedAt = async (limits: DeviceLimits) => {
      const steps = stylize(
        { ...request, options: { ...request.options, iterations: 1 } },
        {
          ...engine,
          runtime: { ...engine.runtime, limits },
        },
      );
      const { plan } = await drain(steps);
      return plan.map(({ mostPixels }) => mostPixels);
    };
    expect(await lookedAt({})).toEqual([undefined]);
    const [cut] = await lookedAt({ tensor: 4 * narrowChannelsOf("conv1_1") * 100_000 });
    expect(cut).toBeLessThanOrEqual(100_000);
    const [addressed] = await lookedAt({ memory: leastMemory() });
    expect(addressed).toBeLessThan(520 * 260);
  });

  test("stops between two blocks, and gives the best so far", async () => {
    const controller = new AbortController();
    const engine = { ...(await narrowEngine()), memory: leastMemory() };
    const steps = stylize(request, engine, { signal: controller.signal });
    expect((await steps.next()).done).toBe(false);
    const second = steps.next();
    controller.abort();
    const { done, value } = await second;
    expect(done).toBe(true);
    expect(value).toMatchObject({ stopped: true, evaluations: 1 });
    expect(engine.open()).toBe(0);
  });
});
