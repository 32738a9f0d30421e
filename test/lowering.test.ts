/**
 * A device's capabilities change how a model is written, and nothing of what it computes: objectives on the CPU, with each
 * of them and without.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { type Capabilities, NO_CAPABILITIES } from "../src/graph/tensor.ts";
import type { Network } from "../src/network/network.ts";
import { openNetwork } from "../src/network/open.node.ts";
import { openRuntime } from "../src/runtime/onnxruntime.node.ts";
import type { Evaluation } from "../src/transfer/objective.ts";
import { relativeError } from "./evaluate.ts";
import { evaluateOnce } from "./evaluate-once.ts";

const SIZE = [48, 32] as const;
const CARD = { constantIdentity: true, gemm: true, splitSums: true, fewNodes: true };

const evaluateWith = async (
  network: Network,
  preset: "impasto" | "neural-style",
  capabilities: Partial<Capabilities>,
): Promise<Evaluation> => {
  const runtime = await openRuntime({
    device: "cpu",
    threads: 1,
    capabilities: { ...NO_CAPABILITIES, ...capabilities },
  });
  return evaluateOnce({ network, runtime }, { preset }, SIZE);
};

const lossesOf = ({ loss: { total, terms } }: Evaluation) => [total, ...Object.values(terms)];

function expectSame(actual: Evaluation, expected: Evaluation): void {
  // Side by side: a distance that is the small difference of large numbers has their rounding.
  expect(relativeError(lossesOf(actual), lossesOf(expected))).toBeLessThan(1e-5);
  expect(relativeError(actual.gradient, expected.gradient)).toBeLessThan(1e-5);
}

const OBJECTIVES = [
  ["the default objective", "impasto"],
  ["an objective of Gram matrices", "neural-style"],
] as const;

describe.each(OBJECTIVES)("With the built-in network, %s", (_, preset) => {
  let network: Network;
  let plain: Evaluation;
  beforeAll(async () => {
    ({ network } = await openNetwork("built-in", process.env));
    plain = await evaluateWith(network, preset, {});
  });

  test.each([
    ["constant identities", { constantIdentity: true }],
    ["Gemm", { gemm: true }],
    ["split sums", { splitSums: true }],
    ["fewer products", { fewProducts: true }],
    ["fewer nodes", { fewNodes: true }],
    ["all that a card has", CARD],
  ])("has the same losses and gradient with %s", async (_, capabilities) => {
    expectSame(await evaluateWith(network, preset, capabilities), plain);
  });
});

describe.skipIf(process.env.IMPASTO_WEIGHTS === undefined)("With VGG-19 (needs IMPASTO_WEIGHTS)", () => {
  test.each(OBJECTIVES)("%s has the same losses and gradient with all that a card has", async (_, preset) => {
    const { network } = await openNetwork("vgg19", process.env);
    expectSame(await evaluateWith(network, preset, CARD), await evaluateWith(network, preset, {}));
  });
});
