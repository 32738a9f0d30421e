import { describe, expect, test } from "vitest";
import { evaluate, relativeError, uniform } from "../../test/evaluate.ts";
import { colours, narrowEngine } from "../../test/narrow-engine.ts";
import { pretendedDevice } from "../../test/pretended-device.ts";
import { input } from "../graph/tensor.ts";
import { failingClearly } from "../runtime/failures.ts";
import type { Iterate } from "./iterate.ts";
import { level, levelledGraph } from "./level.ts";
import type { OptionsInput } from "./options.ts";
import type { RunState } from "./run-state.ts";
import { drain, stylize } from "./stylize.ts";
import { DeviceError } from "./unfinished.ts";

const { network, runtime } = await narrowEngine();
const content = colours(40, 32, 1);
const styles = [
  { picture: colours(36, 40, 2), weight: 1 },
  { picture: colours(40, 40, 3), weight: 0.5 },
];
const OPTIONS = { size: 40, scales: 1, iterations: 6 } as const;

const paint = (
  engine: Parameters<typeof stylize>[1],
  options: OptionsInput = OPTIONS,
  onIterate?: (iterate: Iterate) => unknown,
  controls = {},
) => drain(stylize({ content, styles, options }, engine, controls), onIterate);

describe("A picture that stays on a device", () => {
  test.each(["impasto", "neural-style", "gatys", "notebook"] as const)(
    "is the one that the processor makes, by the preset %s",
    async (preset) => {
      const device = pretendedDevice(runtime);
      const options = { ...OPTIONS, preset, iterations: 4 };
      const there = await paint({ network, runtime: device }, options);
      const here = await paint({ network, runtime }, options);
      expect(there.loss.total / here.loss.total).toBeCloseTo(1, 3);
      expect(relativeError(there.picture.rgb, here.picture.rgb)).toBeLessThan(2e-3);
      expect(device.held()).toBe(0);
    },
  );

  test("is shown on the way, and changes with what is to count", async () => {
    const device = pretendedDevice(runtime);
    const weights: number[] = [];
    const steer = () => ({
      styleWeight: weights.length < 3 ? undefined : 0,
      blend: weights.length < 3 ? [1, 1] : [1, 0],
    });
    const result = await paint(
      { network, runtime: device },
      OPTIONS,
      async (iterate) => {
        weights.push(iterate.loss.terms["style.conv3_1"] ?? Number.NaN);
        expect((await iterate.picture()).rgb.every((value) => value >= 0 && value <= 1)).toBe(true);
      },
      { steer },
    );
    expect(weights[2]).toBeGreaterThan(0);
    expect(weights.at(-1)).toBe(0);
    expect(result.steered).toBe(true);
    expect(device.held()).toBe(0);
  });

  test("is not lost with the device: the best so far is in the error, and a state goes on on the processor", async () => {
    const device = pretendedDevice(runtime);
    let state: RunState | undefined;
    let seen = 0;
    const lost: unknown = await paint({ network, runtime: device }, OPTIONS, async (iterate) => {
      state = await iterate.state();
      seen = iterate.loss.total;
      if (iterate.evaluation === 3) device.loseAfter(2);
    }).catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(DeviceError);
    if (!(lost instanceof DeviceError)) throw lost;
    expect(lost.message).toBe(
      'The device "webgpu" failed (Device is lost): it was lost, or the picture is too large for its memory. Take another device, such as the processor (cpu, in browsers wasm), or a smaller size.',
    );
    expect(lost.best?.picture).toMatchObject({ width: 40, height: 32 });
    const resumed = await paint({ network, runtime }, OPTIONS, undefined, { from: state });
    expect(resumed.evaluations).toBe(6);
    expect(resumed.loss.total).toBeLessThanOrEqual(seen);
  });

  test("and what its onlooker does wrong are two things", async () => {
    const device = pretendedDevice(runtime);
    const failing = paint({ network, runtime: device }, OPTIONS, () => {
      throw new TypeError("no room for the preview");
    });
    await expect(failing).rejects.toThrow(new TypeError("no room for the preview"));
    expect(device.held()).toBe(0);
  });

  test("is read in time where it is asked for in time and not waited for", async () => {
    const device = pretendedDevice(runtime);
    const reading: Promise<unknown>[] = [];
    await paint({ network, runtime: device }, OPTIONS, (iterate) => {
      reading.push(iterate.picture(), iterate.state());
    });
    expect((await Promise.allSettled(reading)).map(({ status }) => status)).not.toContain("rejected");
    expect(device.held()).toBe(0);
  });

  test("is the best that was read, where the device is lost after the last evaluation", async () => {
    const device = pretendedDevice(runtime);
    const lost: unknown = await paint({ network, runtime: device }, OPTIONS, (iterate) => {
      if (iterate.evaluation === iterate.evaluations) device.loseAfter(0);
    }).catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(DeviceError);
    expect(lost).toMatchObject({ best: { picture: { width: 40, height: 32 } } });
  });

  test("is not lost where the runtime says by itself that the device is", async () => {
    let lose: (reason: string) => void = () => {};
    const reason = new Promise<string>((resolve) => {
      lose = resolve;
    });
    const device = pretendedDevice(runtime);
    const telling = failingClearly({ ...device, release: async () => {} }, reason);
    const lost: unknown = await paint({ network, runtime: telling }, OPTIONS, async (iterate) => {
      if (iterate.evaluation !== 3) return;
      device.loseAfter(0);
      lose("destroyed");
      await reason;
    }).catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(DeviceError);
    expect(lost).toMatchObject({ best: { picture: { width: 40, height: 32 } } });
  });

  test("that the device has no room for from the first says so", async () => {
    const device = pretendedDevice(runtime);
    device.loseAfter(0);
    await expect(paint({ network, runtime: device })).rejects.toThrow(DeviceError);
  });
});

test("A graph levels rows and columns as the loop does", async () => {
  for (const [height, width] of [
    [4, 6],
    [5, 3],
    [1, 4],
    [2, 1],
  ]) {
    const values = uniform([1, 3, height, width], 7);
    const { levelled } = await evaluate(
      { levelled: levelledGraph(input("x", [1, 3, height, width])) },
      { x: values },
    );
    const expected = values.slice();
    level(expected, { width, height });
    expect(relativeError(levelled, expected)).toBeLessThan(1e-5);
  }
});
