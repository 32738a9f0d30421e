import { describe, expect, test } from "vitest";
import { type NativeDevice, openRuntime } from "./onnxruntime.node.ts";
import type { Runtime } from "./runtime.ts";
import { firstTrusted } from "./trial.ts";

const real = await openRuntime({ device: "cpu", threads: 2 });

/** What a device is like: how long it takes for a picture of that many pixels, and what it makes of the values. */
interface Temper {
  readonly milliseconds: (pixels: number) => number;
  readonly spoil?: (gradient: Float32Array) => Float32Array;
}

/** A time that only passes while a device computes, and devices that compute as the processor does. */
function workshop() {
  let time = 0;
  const evaluated: string[] = [];
  const device = (name: NativeDevice, { milliseconds, spoil = (gradient) => gradient }: Temper) => ({
    device: name,
    threads: 1,
    async compile(outputs: Parameters<Runtime["compile"]>[0]) {
      const program = await real.compile(outputs);
      return {
        ...program,
        async run(inputs: Readonly<Record<string, Float32Array>>) {
          const pixels = inputs.image.length / 3;
          evaluated.push(`${name} ${Math.sqrt(pixels)}`);
          time += milliseconds(pixels);
          const results = await program.run(inputs);
          return { ...results, gradient: spoil(results.gradient) };
        },
      };
    },
  });
  return { device, now: () => time, evaluated };
}

/** Everything costs a little, and each pixel. */
const processor: Temper = { milliseconds: (pixels) => 0.2 + pixels / 1000 };
/** Dear to call, and cheap by the pixel. */
const card: Temper = { milliseconds: (pixels) => 8 + pixels / 10_000 };

describe("Among the devices that are there", () => {
  test("the first is taken that computes what the processor does, and faster where it counts", async () => {
    const { device, now } = workshop();
    const chosen = await firstTrusted([device("webgpu", card)], device("cpu", processor), now);
    expect(chosen).toEqual({ device: "webgpu" });
  });

  test("one that is slower than the processor is passed over, with a word", async () => {
    const { device, now } = workshop();
    const slow = device("webgpu", { milliseconds: (pixels) => pixels / 500 });
    expect(await firstTrusted([slow], device("cpu", processor), now)).toEqual({
      device: "cpu",
      note: "The graphics device (webgpu) is slower here than the processor: using cpu.",
    });
  });

  test("one that would take minutes for a picture that tells is not asked for it", async () => {
    const { device, now, evaluated } = workshop();
    const emulated = device("webgpu", { milliseconds: () => 2000 });
    const { note } = await firstTrusted([emulated], device("cpu", processor), now);
    expect(note).toMatch(/is slower here/);
    expect(evaluated).toEqual(["webgpu 32", "webgpu 32", "cpu 32", "cpu 32"]);
  });

  test.each([
    ["wrong by a hundredth", (values: Float32Array) => values.map((value) => 1.01 * value)],
    ["no numbers", (values: Float32Array) => values.fill(Number.NaN)],
  ])("one whose values are %s is passed over, and the next is taken", async (_, spoil) => {
    const { device, now } = workshop();
    const wrong = device("cuda", { ...card, spoil });
    expect(await firstTrusted([wrong, device("webgpu", card)], device("cpu", processor), now)).toEqual({
      device: "webgpu",
      note: "The graphics device (cuda) gives other values than the processor: using webgpu.",
    });
  });

  test("one whose values are off by what ten bits of mantissa make is taken", async () => {
    const { device, now } = workshop();
    const rounded = device("cuda", {
      ...card,
      spoil: (values) => values.map((value, i) => value * (1 + (i % 2 ? 1e-3 : -1e-3))),
    });
    expect((await firstTrusted([rounded], device("cpu", processor), now)).device).toBe("cuda");
  });

  test("those that fail are passed over, each with its reason", async () => {
    const { device, now } = workshop();
    const failing = (name: NativeDevice) => ({
      ...device(name, card),
      compile: () => Promise.reject(new Error("Out of memory.\nat some place")),
    });
    const chosen = await firstTrusted([failing("cuda"), failing("webgpu")], device("cpu", processor), now);
    expect(chosen).toEqual({
      device: "cpu",
      note: "The graphics device (cuda) fails at a trial (Out of memory.); the graphics device (webgpu) fails at a trial (Out of memory.): using cpu.",
    });
  });
});

test("Where there are no devices nothing is computed", async () => {
  const { device, now, evaluated } = workshop();
  expect(await firstTrusted([], device("cpu", processor), now)).toEqual({ device: "cpu" });
  expect(evaluated).toEqual([]);
});
