/**
 * α·A·B + β·C, with A and B as they are or transposed, in one node.
 * @module
 */
import type { OnnxNode } from "../onnx-graph.ts";
import { type Shape, sameShape } from "../shape.ts";
import { goingNode, type Model, numberIn, type Rule } from "./rewrite.ts";

/** α·A·B + β·C; without C where β is 0. */
interface Gemm {
  readonly a: string;
  readonly b: string;
  readonly c: string;
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
  readonly beta: number;
}

/** MatMul and Gemm with what is scaled, added or transposed before or behind → one Gemm. */
export const foldGemm: Rule = (node, model) => {
  const shape = model.shapeOf(node.output);
  if (shape?.length !== 2) return undefined;
  const [left = "", right = ""] = node.inputs;
  const folded = (gemm: Gemm | undefined) => gemm && emitGemm(gemm, shape, model);
  switch (node.operator) {
    case "MatMul":
    case "Gemm":
      return folded(withInputsFolded(gemmOf(node, model), model));
    case "Mul":
      return folded(times(numberIn(model, left), right, model) ?? times(numberIn(model, right), left, model));
    case "Add":
      return folded(plus(1, left, 1, right, model) ?? plus(1, right, 1, left, model));
    case "Sub":
      return folded(plus(1, left, -1, right, model) ?? plus(-1, right, 1, left, model));
    default:
      return undefined;
  }
};

function emitGemm({ a, b, c, transA, transB, alpha, beta }: Gemm, shape: Shape, model: Model): string {
  return model.node("Gemm", beta === 0 ? [a, b] : [a, b, c], shape, {
    alpha: { float: alpha },
    beta: { float: beta },
    transA: { integer: Number(transA) },
    transB: { integer: Number(transB) },
  });
}

/** The product of matrices that a node makes. */
function gemmOf(node: OnnxNode | undefined, model: Model): Gemm | undefined {
  const [a = "", b = "", c = ""] = node?.inputs ?? [];
  if (node === undefined || model.shapeOf(node.output)?.length !== 2) return undefined;
  if (node.operator === "MatMul") return { a, b, c, transA: false, transB: false, alpha: 1, beta: 0 };
  if (node.operator !== "Gemm") return undefined;
  const attribute = (name: string, otherwise: number): number => {
    const value = node.attributes[name];
    if (value === undefined) return otherwise;
    if ("float" in value) return value.float;
    return "integer" in value ? value.integer : otherwise;
  };
  return {
    a,
    b,
    c,
    transA: attribute("transA", 0) === 1,
    transB: attribute("transB", 0) === 1,
    alpha: attribute("alpha", 1),
    beta: c === "" ? 0 : attribute("beta", 1),
  };
}

/** factor · product */
function times(factor: number | undefined, product: string, model: Model): Gemm | undefined {
  const gemm = gemmOf(goingNode(model, product), model);
  if (factor === undefined || gemm === undefined) return undefined;
  return { ...gemm, alpha: factor * gemm.alpha, beta: factor * gemm.beta };
}

/** sign · product + beta · c, both of one shape. */
function plus(sign: number, product: string, beta: number, c: string, model: Model): Gemm | undefined {
  const gemm = gemmOf(goingNode(model, product), model);
  if (gemm === undefined || gemm.beta !== 0 || !alike(product, c, model)) return undefined;
  return { ...gemm, alpha: sign * gemm.alpha, c, beta };
}

/** The product without a node that scales or transposes what it takes, if there is one. */
function withInputsFolded(gemm: Gemm | undefined, model: Model): Gemm | undefined {
  if (gemm === undefined) return undefined;
  const { a, b, c, transA, transB, alpha, beta } = gemm;
  const [scaledA, scaledB, scaledC] = [a, b, c].map((value) => scaledIn(value, model));
  if (scaledA) return { ...gemm, a: scaledA.value, alpha: scaledA.factor * alpha };
  if (scaledB) return { ...gemm, b: scaledB.value, alpha: scaledB.factor * alpha };
  if (scaledC) return { ...gemm, c: scaledC.value, beta: scaledC.factor * beta };
  const [turnedA, turnedB] = [a, b].map((value) => transposedIn(value, model));
  if (turnedA !== undefined) return { ...gemm, a: turnedA, transA: !transA };
  return turnedB === undefined ? undefined : { ...gemm, b: turnedB, transB: !transB };
}

/** What a value is a constant multiple of. */
function scaledIn(
  value: string,
  model: Model,
): { readonly factor: number; readonly value: string } | undefined {
  const node = goingNode(model, value);
  const [x = "", y = ""] = node?.inputs ?? [];
  const [first, second] = [x, y].map((factor) => numberIn(model, factor));
  if (node?.operator !== "Mul") return undefined;
  if (first !== undefined && alike(value, y, model)) return { factor: first, value: y };
  return second !== undefined && alike(value, x, model) ? { factor: second, value: x } : undefined;
}

/** What a matrix is the transpose of. */
function transposedIn(value: string, model: Model): string | undefined {
  const node = goingNode(model, value);
  const order = node?.attributes.perm;
  const isSwap = order !== undefined && "integers" in order && order.integers.join() === "1,0";
  return node?.operator === "Transpose" && isSwap ? node.inputs[0] : undefined;
}

function alike(a: string, b: string, model: Model): boolean {
  const [shapeA, shapeB] = [a, b].map((value) => model.shapeOf(value));
  return shapeA !== undefined && shapeB !== undefined && sameShape(shapeA, shapeB);
}
