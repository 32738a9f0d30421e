/**
 * Two-dimensional convolution (cross-correlation, as networks have it), stride 1, with a bias and zeros around the picture.
 * @module
 */
import { ShapeError } from "../shape.ts";
import { apply, constant, type Operation, type Tensor } from "../tensor.ts";
import { concatenate } from "./concatenate.ts";
import { matmul } from "./matmul.ts";
import { reshape } from "./reshape.ts";
import { reverse } from "./reverse.ts";
import { pad, slice } from "./slice.ts";
import { sumTo } from "./sum.ts";
import { transpose } from "./transpose.ts";

/**
 * y = x ∗ k + b for x `[N, C, H, W]`, k `[O, C, h, w]`, b `[O]`.
 * - d loss/dx: the incoming gradient convolved with k, its channel axes swapped and its plane turned by 180°.
 * - d loss/dk: for each position of the kernel, the product of the incoming gradient and the shifted x.
 * - d loss/db: the incoming gradient summed over pictures and positions.
 */
export const convolutionOperation: Operation<{ readonly padding: number }> = {
  name: "convolution",
  shape([x = [], kernel = [], bias = []], { padding }) {
    const [batch = 0, channels, height = 0, width = 0] = x;
    const [out = 0, into, kernelHeight = 0, kernelWidth = 0] = kernel;
    const shape = [
      batch,
      out,
      height + 2 * padding - kernelHeight + 1,
      width + 2 * padding - kernelWidth + 1,
    ];
    if (
      x.length !== 4 ||
      kernel.length !== 4 ||
      into !== channels ||
      bias[0] !== out ||
      Math.min(...shape) < 1
    ) {
      throw new ShapeError("convolution", "[N, C, H, W], [O, C, h, w] and [O]", [x, kernel, bias]);
    }
    return shape;
  },
  gradient(incoming, { inputs: [x, kernel, bias], attributes: { padding } }) {
    if (!x || !kernel || !bias) return [];
    const [, , kernelHeight = 1] = kernel.shape;
    const turned = reverse(transpose(kernel, [1, 0, 2, 3]), [2, 3]);
    const [channels = 0] = turned.shape;
    return [
      apply(convolutionOperation, [incoming, turned, zeros(channels)], {
        padding: kernelHeight - 1 - padding,
      }),
      kernelGradient(incoming, x, kernel, padding),
      reshape(sumTo(incoming, [1, bias.shape[0] ?? 0, 1, 1]), bias.shape),
    ];
  },
  onnx: (emit, inputs, { attributes: { padding } }) =>
    emit.node("Conv", inputs, { pads: { integers: [padding, padding, padding, padding] } }),
};

const zeros = (length: number): Tensor => constant(new Float32Array(length), [length]);

function kernelGradient(incoming: Tensor, x: Tensor, kernel: Tensor, padding: number): Tensor {
  const [out = 0, channels = 0, kernelHeight = 0, kernelWidth = 0] = kernel.shape;
  const [batch = 0, , height = 0, width = 0] = incoming.shape;
  const padded = transpose(pad(x, [0, 0, padding, padding], [0, 0, padding, padding]), [0, 2, 3, 1]);
  const rows = reshape(transpose(incoming, [1, 0, 2, 3]), [out, batch * height * width]);
  const positions = Array.from({ length: kernelHeight * kernelWidth }, (_, position) => {
    const top = Math.floor(position / kernelWidth);
    const left = position % kernelWidth;
    const shifted = slice(padded, [0, top, left, 0], [batch, top + height, left + width, channels]);
    return reshape(matmul(rows, reshape(shifted, [batch * height * width, channels])), [1, out, channels]);
  });
  const stacked = positions.length === 1 ? positions : [concatenate(positions, 0)];
  return reshape(transpose(stacked[0] ?? kernel, [1, 2, 0]), kernel.shape);
}

/** Convolves `x` with `kernel` and adds `bias` to each channel, `padding` zeros on every side. */
export const convolution = (x: Tensor, kernel: Tensor, bias: Tensor, padding: number): Tensor =>
  apply(convolutionOperation, [x, kernel, bias], { padding });
