/**
 * Rewrites a model for the device that it is to run on, by the device's capabilities. What a single operation has several
 * forms of it chooses itself, as it is written; here is what spans several nodes. Every rule is an equivalence, and a model for
 * a device without these capabilities stays as it is, to the byte.
 * @module
 */
import { constantIdentity } from "./lowering/constant-identity.ts";
import { foldGemm } from "./lowering/gemm.ts";
import { foldProduct } from "./lowering/products.ts";
import { rewrite } from "./lowering/rewrite.ts";
import { foldSlices } from "./lowering/slices.ts";
import { wholeSum } from "./lowering/whole-sum.ts";
import type { OnnxGraph } from "./onnx-graph.ts";
import type { Capabilities } from "./tensor.ts";

/** The graph as its device does best with it: the same results, under names of their own. */
export function lower(graph: OnnxGraph, capabilities: Capabilities): OnnxGraph {
  const rules = [
    ...(capabilities.constantIdentity ? [constantIdentity] : []),
    ...(capabilities.fewNodes ? [foldProduct, foldSlices, wholeSum] : []),
    ...(capabilities.gemm ? [foldGemm] : []),
  ];
  return rules.length === 0 ? graph : rewrite(graph, rules);
}
