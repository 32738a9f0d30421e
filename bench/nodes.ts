/**
 * How many nodes an evaluation takes, by kind: below some milliseconds they, and not what they compute, are what a card
 * spends its time on.
 * @module
 */
import onnxProto from "onnx-proto";
import { writeOnnx } from "../src/graph/onnx.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import type { Network } from "../src/network/network.ts";
import { openNetwork } from "../src/network/open.node.ts";
import { required } from "../src/required.ts";
import { capabilitiesOf } from "../src/runtime/capabilities.ts";
import type { RealDevice } from "../src/runtime/runtime.ts";
import { unguided } from "../src/transfer/guidance.ts";
import { objectiveGraph } from "../src/transfer/objective.ts";
import { PRESET_NAMES, parseOptions } from "../src/transfer/options.ts";
import { resolveSettings } from "../src/transfer/settings.ts";
import { termsOf } from "../src/transfer/terms/table.ts";

/** The devices whose capabilities differ. */
const DEVICES = ["cpu", "webgpu", "cuda"] as const satisfies readonly RealDevice[];

/**
 * Counts a model's nodes by operator, the most frequent first. Those that depend on nothing that is fed are left out: they
 * are constants once the model is loaded.
 */
export function nodesByOperator(model: Uint8Array): ReadonlyMap<string, number> {
  const { node, input } = onnxProto.onnx.ModelProto.decode(model).graph ?? {};
  const fed = new Set((input ?? []).map(({ name }) => name ?? ""));
  const counts = new Map<string, number>();
  for (const { opType, input: taken, output } of node ?? []) {
    if (!taken?.some((name) => fed.has(name))) continue;
    for (const name of output ?? []) fed.add(name);
    counts.set(opType ?? "", (counts.get(opType ?? "") ?? 0) + 1);
  }
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}

/** Makes the rows of a table: objective, network, device, nodes in all and by kind. */
export async function nodeRows(
  presets: readonly string[],
  networks: readonly string[],
): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const name of networks) {
    const { network } = await openNetwork(name, process.env);
    for (const preset of presets) {
      const outputs = objectiveOf(network, preset);
      for (const device of DEVICES) {
        const { bytes } = writeOnnx(outputs, {
          capabilities: capabilitiesOf(device, process.arch === "x64"),
          made: new WeakMap(),
        });
        const counts = [...nodesByOperator(bytes)];
        const total = counts.reduce((sum, [, count]) => sum + count, 0);
        const kinds = counts.map(([operator, count]) => `${count} ${operator}`).join(", ");
        rows.push(`| ${preset} | ${name} | ${device} | ${total} | ${kinds} |`);
      }
    }
  }
  return rows;
}

/** Large enough that long sums are split where that is done. */
const SIZE = { width: 512, height: 384 };

function objectiveOf(network: Network, name: string): Readonly<Record<string, Tensor>> {
  const preset = required(
    PRESET_NAMES.find((one) => one === name),
    `preset ${name}`,
  );
  const settings = resolveSettings(parseOptions({ preset }));
  const terms = termsOf(settings).filter(({ counts }) => counts);
  const { losses, total, gradient } = objectiveGraph(SIZE, terms, { network, settings }, unguided(SIZE));
  return { ...losses, total, gradient };
}
