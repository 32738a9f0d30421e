import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { relativeError, uniform } from "../../test/evaluate.ts";
import { ImpastoError } from "../errors.ts";
import { gradients } from "../graph/gradients.ts";
import { add } from "../graph/operations/add.ts";
import { convolution } from "../graph/operations/convolution.ts";
import { scale, square } from "../graph/operations/multiply.ts";
import { relu } from "../graph/operations/relu.ts";
import { total } from "../graph/operations/sum.ts";
import { ShapeError } from "../graph/shape.ts";
import { constant, input, type Tensor } from "../graph/tensor.ts";
import { coreCount } from "./cores.node.ts";
import { examineRuntime, type Machine, openRuntime } from "./onnxruntime.node.ts";
import type { Program, Runtime } from "./runtime.ts";

const cpu = await openRuntime({ device: "cpu", threads: 1 });

async function using<Result>(
  runtime: Runtime,
  outputs: Record<string, Tensor>,
  use: (program: Program) => Promise<Result>,
): Promise<Result> {
  const program = await runtime.compile(outputs);
  try {
    return await use(program);
  } finally {
    await program.release();
  }
}

/** `depth` convolutions of `channels` channels at `size` × `size`, the loss and its gradient. */
function network(channels: number, size: number, depth: number, seed = 1): Record<string, Tensor> {
  const image = input("image", [1, channels, size, size]);
  let x = image;
  for (let layer = 0; layer < depth; layer++) {
    const values = uniform([channels, channels, 3, 3], seed + layer).map((value) => value / channels);
    const kernel = constant(values, [channels, channels, 3, 3]);
    x = relu(convolution(x, kernel, constant(new Float32Array(channels), [channels]), 1));
  }
  const loss = total(square(x));
  const [gradient] = gradients(loss, [image]);
  return { loss, gradient };
}

describe("A program", () => {
  const x = input("x", [2, 3]);
  const outputs = { tripled: scale(3, x), sum: add(x, input("y", [3])) };

  test("gives each output under its name", async () => {
    const results = await using(cpu, outputs, (program) =>
      program.run({ x: Float32Array.of(1, 2, 3, 4, 5, 6), y: Float32Array.of(10, 20, 30) }),
    );
    expect(Object.keys(results).sort()).toEqual(["sum", "tripled"]);
    expect([...results.tripled]).toEqual([3, 6, 9, 12, 15, 18]);
    expect([...results.sum]).toEqual([11, 22, 33, 14, 25, 36]);
  });

  test("gives results that are the caller's to keep and to change", async () => {
    await using(cpu, outputs, async (program) => {
      const y = new Float32Array(3);
      const first = await program.run({ x: new Float32Array(6).fill(1), y });
      const second = await program.run({ x: new Float32Array(6).fill(2), y });
      first.tripled.fill(99);
      expect([...second.tripled]).toEqual([6, 6, 6, 6, 6, 6]);
      const third = await program.run({ x: new Float32Array(6).fill(2), y });
      expect([...third.tripled]).toEqual([6, 6, 6, 6, 6, 6]);
    });
  });

  test("reads only its input's part of a larger buffer", async () => {
    const larger = Float32Array.of(9, 1, 2, 3, 4, 5, 6, 9);
    const { tripled } = await using(cpu, outputs, (program) =>
      program.run({ x: larger.subarray(1, 7), y: new Float32Array(3) }),
    );
    expect([...tripled]).toEqual([3, 6, 9, 12, 15, 18]);
  });

  test("can be run again before the first run has ended", async () => {
    await using(cpu, outputs, async (program) => {
      const runs = [1, 2, 3, 4].map((value) =>
        program.run({ x: new Float32Array(6).fill(value), y: new Float32Array(3) }),
      );
      const results = await Promise.all(runs);
      expect(results.map(({ tripled }) => tripled[5])).toEqual([3, 6, 9, 12]);
    });
  });

  test.each([
    ["missing", { x: new Float32Array(6) }, "input y: expected 3 values, got [3]"],
    [
      "too short",
      { x: new Float32Array(6), y: new Float32Array(2) },
      "input y: expected 3 values, got [2] and [3]",
    ],
    [
      "too long",
      { x: new Float32Array(7), y: new Float32Array(3) },
      "input x: expected 6 values, got [7] and [2, 3]",
    ],
  ])("refuses an input that is %s, by name", async (_, inputs, message) => {
    const running = using(cpu, outputs, (program) => program.run(inputs));
    await expect(running).rejects.toThrow(ShapeError);
    await expect(running).rejects.toThrow(message);
  });

  test("frees its memory when released", async () => {
    const one = async (seed: number) => {
      const inputs = { image: uniform([1, 64, 192, 192], seed) };
      await using(cpu, network(64, 192, 4, seed), (program) => program.run(inputs));
    };
    for (let warm = 0; warm < 3; warm++) await one(100 * warm);
    const before = process.memoryUsage.rss();
    for (let round = 3; round < 9; round++) await one(100 * round);
    const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
    // One such program holds above 50 MB: six that were kept would be far beyond this.
    expect(grown).toBeLessThan(150);
  });
});

describe("A runtime", () => {
  test("says which device it runs on, never auto", async () => {
    expect(cpu.device).toBe("cpu");
    expect(["cuda", "dml", "webgpu", "coreml", "cpu"]).toContain((await openRuntime()).device);
  });

  test("says how many threads it computes with, also where nobody asked for a number", async () => {
    expect(cpu.threads).toBe(1);
    expect((await openRuntime({ device: "cpu" })).threads).toBe(coreCount());
  });

  test("either opens a device it was asked for or names it and says what to use", async () => {
    const opened = await openRuntime({ device: "cuda" }).catch((error: unknown) => error);
    if (opened instanceof Error) {
      expect(opened).toBeInstanceOf(ImpastoError);
      expect(opened.message).toMatch(/^Device "cuda" is not available here \(.+\)\. Use auto, .* or cpu/);
    } else {
      expect(opened).toMatchObject({ device: "cuda" });
    }
  });

  test.runIf(process.platform === "linux")("refuses a device of other systems", async () => {
    for (const device of ["dml", "coreml"] as const) {
      await expect(openRuntime({ device })).rejects.toThrow(ImpastoError);
      await expect(openRuntime({ device })).rejects.toThrow(`Device "${device}" is not available here`);
    }
  });

  test("gives the same results with one thread and with two", async () => {
    const outputs = network(16, 32, 2);
    const inputs = { image: uniform([1, 16, 32, 32], 7) };
    const [one, two] = await Promise.all(
      [1, 2].map(async (threads) =>
        using(await openRuntime({ device: "cpu", threads }), outputs, (program) => program.run(inputs)),
      ),
    );
    expect(relativeError(two.gradient, one.gradient)).toBeLessThan(1e-6);
  });

  test("gives the same bits for the same input, in one program and in another", async () => {
    const outputs = network(16, 32, 2);
    const inputs = { image: uniform([1, 16, 32, 32], 7) };
    const [first, second] = await using(cpu, outputs, async (program) => [
      await program.run(inputs),
      await program.run(inputs),
    ]);
    const third = await using(cpu, outputs, (program) => program.run(inputs));
    expect(second.gradient).toEqual(first.gradient);
    expect(third.gradient).toEqual(first.gradient);
  });

  test("writes an operator profile where it was told to, and only then", async () => {
    const folder = await mkdtemp(join(tmpdir(), "impasto-profile-"));
    try {
      const profiling = await openRuntime({ device: "cpu", threads: 1, profile: join(folder, "run") });
      await using(profiling, network(4, 8, 1), (program) => program.run({ image: new Float32Array(4 * 64) }));
      expect(await readdir(folder)).toEqual([expect.stringMatching(/^run.*\.json$/)]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("Without the native package", () => {
  const machine: Machine = {
    loadNative: async () => ({ problem: "the package is not there: get it" }),
    mayHave: () => false,
  };

  test("a runtime computes by WebAssembly, and says how to get the faster one", async () => {
    const runtime = await openRuntime({ threads: 1 }, machine);
    expect(runtime.device).toBe("wasm");
    expect(runtime.note).toMatch(/as long, because the package is not there: get it\.$/);
  });

  test("every other device is refused, with the same words", async () => {
    for (const device of ["cpu", "cuda", "webgpu"] as const) {
      const opened = openRuntime({ device }, machine);
      await expect(opened).rejects.toThrow(ImpastoError);
      await expect(opened).rejects.toThrow(
        /^Device "\w+" is not available here, because the package is not there: get it; or use wasm\.$/,
      );
    }
  });

  test("there is WebAssembly to be told of, and the package that is missing", async () => {
    expect(await examineRuntime(machine)).toEqual({
      versions: { wasm: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      missing: "the package is not there: get it",
      devices: { wasm: true },
    });
  });
});
