import { describe, expect, test } from "vitest";
import { onCpu } from "../../test/evaluate.ts";
import { pretendedDevice } from "../../test/pretended-device.ts";
import { fingerprint } from "../graph/fingerprint.ts";
import { multiply, scale } from "../graph/operations/multiply.ts";
import { constant, input, type Tensor } from "../graph/tensor.ts";
import { required } from "../required.ts";
import { keepingPrograms } from "./kept-programs.ts";
import { openRuntime } from "./onnxruntime.node.ts";
import type { Runtime } from "./runtime.ts";

const weights = Float32Array.from({ length: 2000 }, (_, i) => i / 7);

/** A new graph each time, of the same values. */
const graph = (factor: number, values = weights, name = "x") => ({
  product: scale(factor, multiply(input(name, [2000]), constant(values, [2000]))),
});

/** A runtime that only counts what it compiles. */
function counting(mostBytes: number) {
  let compiled = 0;
  let open = 0;
  const runtime: Runtime = {
    device: "cpu",
    threads: 1,
    async compile() {
      compiled += 1;
      open += 1;
      return {
        run: async () => ({}),
        async release() {
          open -= 1;
        },
      };
    },
  };
  const arrays: Float32Array[] = [];
  const numberOf = (values: Float32Array): number => {
    if (!arrays.includes(values)) arrays.push(values);
    return arrays.indexOf(values);
  };
  const keyOf = (outputs: ReturnType<typeof graph>): string =>
    fingerprint(outputs, onCpu().capabilities, numberOf);
  return {
    runtime: keepingPrograms(runtime, (outputs) => keyOf({ product: outputs.product }), mostBytes),
    compiled: () => compiled,
    open: () => open,
  };
}

/** How many programs are compiled where graphs are run one after another. */
async function compiledFor(mostBytes: number, graphs: readonly ReturnType<typeof graph>[]): Promise<number> {
  const { runtime, compiled, open } = counting(mostBytes);
  for (const one of graphs) await (await runtime.compile(one)).release();
  await runtime.release();
  expect(open()).toBe(0);
  return compiled();
}

describe("Kept programs", () => {
  test("serve graphs that are the same, and give what a program of their own would", async () => {
    const plain = await openRuntime({ device: "cpu", threads: 1 });
    const keeping = await openRuntime({ device: "cpu", threads: 1, keep: () => 1e6 });
    const x = new Float32Array(2000).fill(3);
    for (const factor of [2, 5, 2]) {
      const [a, b] = await Promise.all([plain, keeping].map((runtime) => runtime.compile(graph(factor))));
      expect(await b.run({ x })).toEqual(await a.run({ x }));
      await Promise.all([a.release(), b.release()]);
    }
    await keeping.release();
  });

  test("are found by the graph, its constants and its names, and by nothing else", async () => {
    const found = await compiledFor(1e6, [
      graph(2),
      graph(2),
      graph(3),
      graph(2, weights.slice()),
      graph(2, weights, "y"),
    ]);
    expect(found).toBe(4);
  });

  test("go where there would be too much of them, those used longest ago first", async () => {
    // Room for two of 2 · 2000 values.
    expect(await compiledFor(33_000, [graph(2), graph(3), graph(2), graph(4), graph(2)])).toBe(3);
    expect(await compiledFor(33_000, [graph(2), graph(3), graph(2), graph(4), graph(3)])).toBe(4);
    expect(await compiledFor(0, [graph(2), graph(2)])).toBe(2);
  });

  test("are not driven out by one that is too large to be kept", async () => {
    const large = graph(
      2,
      Float32Array.from({ length: 2000 }, (_, i) => i),
      "x",
    );
    expect(await compiledFor(17_000, [graph(3), large, graph(3)])).toBe(3);
    const huge = { product: multiply(input("x", [9000]), input("y", [9000])) };
    expect(await compiledFor(17_000, [graph(3), huge, graph(3)])).toBe(2);
  });

  test("are not given to two at once", async () => {
    const { runtime, compiled } = counting(1e6);
    const [one, other] = [await runtime.compile(graph(2)), await runtime.compile(graph(2))];
    expect(compiled()).toBe(2);
    await one.release();
    await one.release();
    await other.release();
    await runtime.compile(graph(2));
    await runtime.compile(graph(2));
    expect(compiled()).toBe(2);
    await runtime.compile(graph(2));
    expect(compiled()).toBe(3);
  });
});

test("Programs that keep values on a device are kept as well, by what stays and what is read", async () => {
  const plain = await openRuntime({ device: "cpu", threads: 1 });
  let compiled = 0;
  const device = pretendedDevice(plain);
  const runtime: Runtime = {
    ...device,
    compileOnDevice(outputs) {
      compiled += 1;
      return required(device.compileOnDevice, "compiler")(outputs);
    },
  };
  const numbers = new Map<Float32Array, number>();
  const numberOf = (values: Float32Array): number => {
    numbers.set(values, numbers.get(values) ?? numbers.size);
    return numbers.get(values) ?? 0;
  };
  const keyOf = (outputs: Readonly<Record<string, Tensor>>) =>
    fingerprint(outputs, onCpu().capabilities, numberOf);
  const keeping = keepingPrograms(runtime, keyOf, 1e6);
  const { product } = graph(2);
  for (const outputs of [
    { read: {}, kept: { product } },
    { read: {}, kept: graph(2) },
    { read: { product }, kept: {} },
  ]) {
    const program = await required(keeping.compileOnDevice, "compiler")(outputs);
    const { read, kept } = await program.run({ x: new Float32Array(2000).fill(1) });
    expect([...Object.keys(read), ...Object.keys(kept)]).toEqual(["product"]);
    kept.product?.release();
    await program.release();
  }
  expect(compiled).toBe(2);
  await keeping.release();
  expect(device.held()).toBe(0);
});
