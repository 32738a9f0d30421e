/**
 * 2×2 max pooling with stride 2. The last row or column of an odd size belongs to no window.
 * @module
 */
import { apply, type Operation, type Tensor } from "../tensor.ts";
import { averagePool, pooledShape, spread } from "./average-pool.ts";
import { allBlocked, intoBlocks } from "./blocked.ts";
import { divide } from "./divide.ts";
import { multiply, scale } from "./multiply.ts";
import { atLeast } from "./threshold.ts";

/**
 * y = max of each window. Equal largest values share d loss/dy equally: giving it whole to each would multiply the
 * gradient by four at every pool where the picture is flat, which is no subgradient.
 */
export const maxPoolOperation: Operation<object> = {
  name: "maxPool",
  shape: ([x]) => pooledShape("maxPool", x),
  blocked: allBlocked,
  gradient(incoming, { inputs: [x], output }) {
    const largest = atLeast(x, spread(output, x.shape));
    const share = divide(incoming, scale(4, averagePool(largest)));
    // Divided outside the blocked layout, and back in it while it is a quarter of the size.
    return [multiply(largest, spread(largest.blocked ? intoBlocks(share) : share, x.shape))];
  },
  onnx: (emit, [x]) =>
    emit.node("MaxPool", [x], { kernel_shape: { integers: [2, 2] }, strides: { integers: [2, 2] } }),
};

/** Takes the largest value of each 2×2 window of `[N, C, H, W]`. */
export const maxPool = (x: Tensor): Tensor => apply(maxPoolOperation, [x], {});
