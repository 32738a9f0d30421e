/**
 * α·A·B + β·C, with A and B as they are or transposed, in one node.
 * @module
 */
import { type Shape, sameShape } from "../shape.ts";
import { type Model, numberIn, type Rule } from "./rewrite.ts";

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
      return folded(withFactors(gemmAt(node.output, model, node), model));
    case "Mul":
      return folded(times(numberIn(model, left), right, model) ?? times(numberIn(model, right), left, model));
    case "Add":
      return folded(plus(left, 1, right, 1, shape, model) ?? plus(right, 1, left, 1, shape, model));
    case "Sub":
      return folded(plus(left, 1, right, -1, shape, model) ?? plus(right, -1, left, 1, shape, model));
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

/** The product of matrices that a value is. */
function gemmAt(value: string, model: Model, node = model.producerOf(value)): Gemm | undefined {
  if (node === undefined || model.shapeOf(value)?.length !== 2) return undefined;
  const [a = "", b = "", c = ""] = node.inputs;
  if (node.operator === "MatMul") return { a, b, c, transA: false, transB: false, alpha: 1, beta: 0 };
  if (node.operator !== "Gemm") return undefined;
  const numberOf = (name: string, otherwise: number): number => {
    const attribute = node.attributes[name];
    if (attribute === undefined) return otherwise;
    if ("float" in attribute) return attribute.float;
    return "integer" in attribute ? attribute.integer : otherwise;
  };
  return {
    ...{ a, b, c },
    transA: numberOf("transA", 0) === 1,
    transB: numberOf("transB", 0) === 1,
    alpha: numberOf("alpha", 1),
    beta: c === "" ? 0 : numberOf("beta", 1),
  };
}

/** A product that goes when what takes it goes. */
const goingGemm = (value: string, model: Model): Gemm | undefined =>
  model.usesOf(value) === 1 ? gemmAt(value, model) : undefined;

function times(factor: number | undefined, value: string, model: Model): Gemm | undefined {
  const gemm = factor === undefined ? undefined : goingGemm(value, model);
  return factor !== undefined && gemm
    ? { ...gemm, alpha: factor * gemm.alpha, beta: factor * gemm.beta }
    : undefined;
}

/** sign · product + beta · c */
function plus(
  product: string,
  sign: number,
  c: string,
  beta: number,
  shape: Shape,
  model: Model,
): Gemm | undefined {
  const gemm = goingGemm(product, model);
  if (gemm === undefined || gemm.beta !== 0 || !sameShape(model.shapeOf(c) ?? [], shape)) return undefined;
  return { ...gemm, alpha: sign * gemm.alpha, c, beta };
}

/** The product with its inputs' own factors and transposes in its attributes, if they have any. */
function withFactors(gemm: Gemm | undefined, model: Model): Gemm | undefined {
  if (gemm === undefined) return undefined;
  const [a, b, c] = [gemm.a, gemm.b, gemm.c].map((value) => scaledIn(value, model));
  const [left, right] = [transposedIn(gemm.a, model), transposedIn(gemm.b, model)];
  if (a) return { ...gemm, a: a.value, alpha: a.factor * gemm.alpha };
  if (b) return { ...gemm, b: b.value, alpha: b.factor * gemm.alpha };
  if (c && gemm.beta !== 0) return { ...gemm, c: c.value, beta: c.factor * gemm.beta };
  if (left !== undefined) return { ...gemm, a: left, transA: !gemm.transA };
  if (right !== undefined) return { ...gemm, b: right, transB: !gemm.transB };
  return undefined;
}

function scaledIn(value: string, model: Model): { readonly factor: number; readonly value: string } | undefined {
  const node = model.usesOf(value) === 1 ? model.producerOf(value) : undefined;
  if (node?.operator !== "Mul") return undefined;
  const [x = "", y = ""] = node.inputs;
  const shape = model.shapeOf(value) ?? [];
  for (const [factor, matrix] of [
    [numberIn(model, x), y],
    [numberIn(model, y), x],
  ] as const) {
    if (factor !== undefined && sameShape(model.shapeOf(matrix) ?? [-1], shape)) return { factor, value: matrix };
  }
  return undefined;
}

function transposedIn(value: string, model: Model): string | undefined {
  const node = model.usesOf(value) === 1 ? model.producerOf(value) : undefined;
  const [source = ""] = node?.inputs ?? [];
  return node?.operator === "Transpose" && model.shapeOf(source)?.length === 2 && isSwap(node.attributes.perm)
    ? source
    : undefined;
}

const isSwap = (order: { readonly integers?: readonly number[] } | object | undefined): boolean =>
  order !== undefined && "integers" in order && Array.isArray(order.integers) && order.integers[0] === 1;
