/**
 * Two-dimensional convolution (cross-correlation, as networks have it), stride 1, with a bias and zeros around the picture.
 * @module
 */
import { ShapeError, sameShape } from "../shape.ts";
import { apply, constant, type Emit, type Operation, type Tensor } from "../tensor.ts";
import { concatenate } from "./concatenate.ts";
import { matmul } from "./matmul.ts";
import { reshape } from "./reshape.ts";
import { pad, slice } from "./slice.ts";
import { sumTo } from "./sum.ts";
import { transpose } from "./transpose.ts";
import { emitWinograd } from "./winograd.ts";

/**
 * y = x ∗ k + b for x `[N, C, H, W]`, k `[O, C, h, w]`, b `[O]`.
 * - d loss/dx: the adjoint of the convolution, applied to the incoming gradient.
 * - d loss/dk: for each position of the kernel, the product of the incoming gradient and the shifted x.
 * - d loss/db: the incoming gradient summed over pictures and positions.
 */
export const convolutionOperation: Operation<{ readonly padding: number }> = {
  name: "convolution",
  shape([x, kernel, bias], { padding }) {
    const [batch, channels, height, width] = x;
    const [out, into, kernelHeight, kernelWidth] = kernel;
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
      !sameShape(bias, [out]) ||
      padding >= Math.min(kernelHeight, kernelWidth) ||
      Math.min(...shape) < 1
    ) {
      throw new ShapeError("convolution", `[N, C, H, W], [O, C, h > ${padding}, w > ${padding}] and [O]`, [
        x,
        kernel,
        bias,
      ]);
    }
    return shape;
  },
  blocked: ([x, kernel], { padding }) => keepsBlocks(x, kernel, padding),
  gradient(incoming, { inputs: [x, kernel, bias], attributes: { padding } }) {
    return [
      apply(adjointConvolutionOperation, [incoming, kernel], { padding }),
      kernelGradient(incoming, x, kernel, padding),
      reshape(sumTo(incoming, [1, ...bias.shape, 1, 1]), bias.shape),
    ];
  },
  onnx(emit, [x, kernel, bias], { inputs: [input, weights], attributes: { padding } }) {
    const shared = winogradKernel(emit, weights, padding);
    if (shared) return emitWinograd(emit, x, input.shape, { ...shared, turned: false, bias });
    return emit.node("Conv", [x, kernel, bias], around(padding, padding));
  },
};

/**
 * y = the adjoint of x ↦ x ∗ k, for x `[N, O, H, W]` and k `[O, C, h, w]`: the convolution with k, its channel axes
 * swapped and its plane turned by 180°.
 * - d loss/dx: the convolution of the incoming gradient with k.
 * - d loss/dk: the convolution's, with the two pictures in each other's place.
 */
export const adjointConvolutionOperation: Operation<{ readonly padding: number }> = {
  name: "adjointConvolution",
  shape([x, kernel], { padding }) {
    const [batch, out, height, width] = x;
    const [from, channels, kernelHeight, kernelWidth] = kernel;
    const shape = [
      batch,
      channels,
      height - 2 * padding + kernelHeight - 1,
      width - 2 * padding + kernelWidth - 1,
    ];
    if (
      x.length !== 4 ||
      kernel.length !== 4 ||
      from !== out ||
      padding >= Math.min(kernelHeight, kernelWidth) ||
      Math.min(...shape) < 1
    ) {
      const expected = `[N, O, H, W] and [O, C, h > ${padding}, w > ${padding}]`;
      throw new ShapeError("adjointConvolution", expected, [x, kernel]);
    }
    return shape;
  },
  blocked: ([x, kernel], { padding }) => keepsBlocks(x, kernel, padding),
  gradient(incoming, { inputs: [x, kernel], attributes: { padding } }) {
    const [out] = kernel.shape;
    const none = constant(new Float32Array(out), [out]);
    return [convolution(incoming, kernel, none, padding), kernelGradient(x, incoming, kernel, padding)];
  },
  onnx(emit, [x, kernel], { inputs: [input, weights], attributes: { padding } }) {
    const shared = winogradKernel(emit, weights, padding);
    if (shared) return emitWinograd(emit, x, input.shape, { ...shared, turned: true });
    const swapped = emit.node("Transpose", [kernel], { perm: { integers: [1, 0, 2, 3] } });
    const backwards = emit.integers([-1, -1]);
    // Slice with step −1, from the last value to beyond the first.
    const turned = emit.node("Slice", [
      swapped,
      backwards,
      emit.integers([-99, -99]),
      emit.integers([2, 3]),
      backwards,
    ]);
    const [, , kernelHeight, kernelWidth] = weights.shape;
    const [above, beside] = [kernelHeight - 1 - padding, kernelWidth - 1 - padding];
    return emit.node("Conv", [x, turned], around(above, beside));
  },
};

/** Zeros around the picture. The dilations are ONNX's default, but not that of every runtime for browsers. */
const around = (vertical: number, horizontal: number) => ({
  dilations: { integers: [1, 1] },
  pads: { integers: [vertical, horizontal, vertical, horizontal] },
});

/** Measured on two cores: with fewer channels the transforms cost more than the multiplications they save. */
const WINOGRAD_CHANNELS = 256;

/** The kernel ready for Winograd's algorithm where that is the faster one: 3×3, constant, many channels. */
function winogradKernel(emit: Emit, kernel: Tensor, padding: number) {
  const [out, channels] = kernel.shape;
  const values = constantOf(kernel);
  return emit.capabilities.winograd && values && suitsWinograd(kernel, padding)
    ? { kernel: values, channels, out }
    : undefined;
}

function suitsWinograd({ shape: [out, channels, height, width] }: Tensor, padding: number): boolean {
  return height === 3 && width === 3 && padding === 1 && Math.min(channels, out) >= WINOGRAD_CHANNELS;
}

/**
 * ONNX Runtime's own convolution works in the blocked layout where it can arrange the kernel beforehand, for channels
 * that come in fours or are very few.
 */
function keepsBlocks(x: Tensor, kernel: Tensor, padding: number): boolean {
  const [, channels] = x.shape;
  const suits = channels % 4 === 0 || channels < 8;
  return suits && constantOf(kernel) !== undefined && !suitsWinograd(kernel, padding);
}

const constantOf = ({ leaf }: Tensor): Float32Array | undefined =>
  leaf && "constant" in leaf ? leaf.constant : undefined;

/**
 * One matrix product for each position of the kernel. Stacking the nine shifted pictures for a single product takes the
 * same time (a lesson of three 160×160 pictures: 268 to 280 ms against 274).
 */
function kernelGradient(incoming: Tensor, x: Tensor, kernel: Tensor, padding: number): Tensor {
  const [out, channels, kernelHeight, kernelWidth] = kernel.shape;
  const [batch, , height, width] = incoming.shape;
  const padded = transpose(pad(x, [0, 0, padding, padding], [0, 0, padding, padding]), [0, 2, 3, 1]);
  const rows = reshape(transpose(incoming, [1, 0, 2, 3]), [out, batch * height * width]);
  const positions = Array.from({ length: kernelHeight * kernelWidth }, (_, position) => {
    const top = Math.floor(position / kernelWidth);
    const left = position % kernelWidth;
    const shifted = slice(padded, [0, top, left, 0], [batch, top + height, left + width, channels]);
    return reshape(matmul(rows, reshape(shifted, [batch * height * width, channels])), [1, out, channels]);
  });
  const [first] = positions;
  const stacked = positions.length === 1 ? first : concatenate(positions, 0);
  return reshape(transpose(stacked, [1, 2, 0]), kernel.shape);
}

/** Convolves `x` with `kernel` and adds `bias` to each channel, `padding` zeros on every side. */
export const convolution = (x: Tensor, kernel: Tensor, bias: Tensor, padding: number): Tensor =>
  apply(convolutionOperation, [x, kernel, bias], { padding });
