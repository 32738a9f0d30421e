/**
 * 2×2 average pooling with stride 2, and its adjoint up to a factor of 4: every value repeated over a 2×2 block.
 * The last row or column of an odd size belongs to no window.
 * @module
 */
import { type Shape, ShapeError } from "../shape.ts";
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { allBlocked } from "./blocked.ts";
import { scale } from "./multiply.ts";
import { pad } from "./slice.ts";

const POOL = { kernel_shape: { integers: [2, 2] }, strides: { integers: [2, 2] } };

/** The shape after 2×2 pooling of `[N, C, H, W]`. @throws ShapeError unless there is a window. */
export function pooledShape(operation: string, x: Shape): Shape {
  const [batch, channels, height, width] = x;
  if (x.length !== 4 || height < 2 || width < 2) throw new ShapeError(operation, "[N, C, H ≥ 2, W ≥ 2]", [x]);
  return [batch, channels, Math.floor(height / 2), Math.floor(width / 2)];
}

/**
 * Each value of a pooled picture over its window, and zeros in the last row or column that no window covers. ONNX Runtime
 * makes the zeros part of the convolution that follows, so that they do not leave the blocked layout.
 */
export function spread(pooled: Tensor, shape: Shape): Tensor {
  const upsampled = upsample(pooled);
  const after = shape.map((size, axis) => size - upsampled.shape[axis]);
  return pad(upsampled, [0, 0, 0, 0], after);
}

/** y = ¼ Σ x over each window; each x of a window gets a quarter of d loss/dy. */
export const averagePoolOperation: Operation<object> = {
  name: "averagePool",
  shape: ([x]) => pooledShape("averagePool", x),
  blocked: allBlocked,
  gradient: (incoming, { inputs: [x] }) => [spread(scale(1 / 4, incoming), x.shape)],
  onnx: (emit, [x]) => emit.node("AveragePool", [x], POOL),
};

/** y[2i + a, 2j + b] = x[i, j]; d loss/dx = Σ d loss/dy over the block. */
export const upsampleOperation: Operation<object> = {
  name: "upsample",
  shape([x]) {
    const [batch, channels, height, width] = x;
    if (x.length !== 4) throw new ShapeError("upsample", "[N, C, H, W]", [x]);
    return [batch, channels, 2 * height, 2 * width];
  },
  blocked: allBlocked,
  gradient: (incoming) => [scale(4, averagePool(incoming))],
  onnx: (emit, [x]) =>
    emit.node("Resize", [x, "", emit.floats(Float32Array.of(1, 1, 2, 2), [4])], {
      mode: { text: "nearest" },
      coordinate_transformation_mode: { text: "asymmetric" },
      nearest_mode: { text: "floor" },
    }),
};

/** Averages 2×2 windows of `[N, C, H, W]`. */
export const averagePool = (x: Tensor): Tensor => apply(averagePoolOperation, [x], {});

/** Repeats each value of `[N, C, H, W]` over a 2×2 block. */
export const upsample = (x: Tensor): Tensor => apply(upsampleOperation, [x], {});
