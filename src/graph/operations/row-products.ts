/**
 * X Xᵀ: the inner products of the rows of a matrix, of which a Gram matrix is made.
 * @module
 */
import { ShapeError } from "../shape.ts";
import { apply, type Emit, type Operation, type Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { matmul } from "./matmul.ts";
import { emitParts, emitSumOfParts, partsOf } from "./split-product.ts";
import { transpose } from "./transpose.ts";

/**
 * So many columns are multiplied at a time: in a longer sum, number added to number, float32 loses a hundredth of a
 * percent of what is to be told apart by its differences.
 */
const COLUMNS = 2 ** 18;

/** Y = X Xᵀ: d loss/dX = (d loss/dY + (d loss/dY)ᵀ) X, one product where `matmul`'s two would cost twice. */
export const rowProductsOperation: Operation<object> = {
  name: "rowProducts",
  shape([x]) {
    const [rows] = x;
    if (x.length !== 2) throw new ShapeError("rowProducts", "[rows, columns]", [x]);
    return [rows, rows];
  },
  gradient: (incoming, { inputs: [x] }) => [matmul(add(incoming, transpose(incoming)), x)],
  onnx(emit, [x], { inputs: [{ shape }] }) {
    const [rows, columns] = shape;
    return emitRowProducts(emit, { name: x, rows }, { name: x, rows }, columns);
  },
};

/** A matrix by its value's name. */
interface Rows {
  readonly name: string;
  readonly rows: number;
}

/** Emits X Yᵀ. */
export function emitRowProducts(emit: Emit, x: Rows, y: Rows, columns: number): string {
  const split = emit.capabilities.splitSums ? partsOf(x.rows, columns, y.rows) : 1;
  if (split > 1) {
    const [left, right] = [x, y].map(({ name, rows }) => emitParts(emit, name, rows, columns, split));
    const turned = emit.node("Transpose", [right], { perm: { integers: [0, 2, 1] } });
    return emitSumOfParts(emit, emit.node("MatMul", [left, turned]));
  }
  const products = (from: number): string => {
    const cut = ({ name }: Rows) => (columns <= COLUMNS ? name : emitColumns(emit, name, from, columns));
    return emit.node("MatMul", [cut(x), emit.node("Transpose", [cut(y)], { perm: { integers: [1, 0] } })]);
  };
  const parts = Array.from({ length: Math.ceil(columns / COLUMNS) }, (_, part) => products(part * COLUMNS));
  return parts.length === 1 ? parts[0] : emit.node("Sum", parts);
}

const emitColumns = (emit: Emit, x: string, from: number, columns: number): string =>
  emit.node("Slice", [
    x,
    emit.integers([from]),
    emit.integers([Math.min(from + COLUMNS, columns)]),
    emit.integers([1]),
  ]);

/** Multiplies a matrix `[rows, columns]` with its own transpose. */
export const rowProducts = (x: Tensor): Tensor => apply(rowProductsOperation, [x], {});
