/**
 * Static shapes and the arithmetic on them. Every tensor of the graph knows its shape before anything runs.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { required } from "../required.ts";

/** The sizes of a tensor's axes, outermost first; `[]` is a single number. */
export type Shape = readonly number[];

/** Two shapes do not fit the operation that was asked for. */
export class ShapeError extends ImpastoError {
  override readonly name = "ShapeError";
  /** The operation that refused. */
  readonly operation: string;
  /** The shapes it was given. */
  readonly shapes: readonly Shape[];

  constructor(operation: string, expected: string, shapes: readonly Shape[]) {
    super(`${operation}: expected ${expected}, got ${shapes.map(formatShape).join(" and ")}`);
    this.operation = operation;
    this.shapes = shapes;
  }
}

/** Writes a shape as `[1, 3, 384, 512]`. */
export const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** The number of values in a tensor of this shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** The size of one axis. @throws TypeError when there is no such axis. */
export const sizeOfAxis = (shape: Shape, axis: number): number =>
  required(shape[axis], `axis ${axis} in ${formatShape(shape)}`);

/** Whether two shapes are the same. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/**
 * The shape two operands share after broadcasting: axes aligned at the end, a size of 1 stretched to the other's.
 * @throws ShapeError when two sizes differ and neither is 1.
 */
export function broadcastShape(operation: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const sizeA = a[axis - rank + a.length] ?? 1;
    const sizeB = b[axis - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new ShapeError(operation, "sizes that are equal or 1", [a, b]);
    }
    return sizeA === 1 ? sizeB : sizeA;
  });
}
