/**
 * The identity matrix, made by the runtime when it loads the model: written out, one of 512 rows is a megabyte.
 * @module
 */
import { apply, type Emit, type Operation, type Tensor } from "../tensor.ts";

/** Emits the identity of so many rows. */
export function emitIdentity(emit: Emit, rows: number): string {
  const zeros = emit.node("ConstantOfShape", [emit.integers([rows, rows])]);
  return emit.node("EyeLike", [zeros]);
}

/** I, of so many rows; there is nothing to differentiate. */
export const identityOperation: Operation<{ readonly rows: number }> = {
  name: "identity",
  shape: (_, { rows }) => [rows, rows],
  gradient: () => [],
  onnx: (emit, _, { attributes: { rows } }) => emitIdentity(emit, rows),
};

/** The identity matrix `[rows, rows]`. */
export const identity = (rows: number): Tensor => apply(identityOperation, [], { rows });
