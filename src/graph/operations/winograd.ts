/**
 * Convolution with 3×3 kernels in a quarter of the multiplications: Winograd's F(4×4, 3×3) (Lavin and Gray, 2016),
 * as matrix products that ONNX Runtime has fast kernels for. The work is done channels last, where every step moves
 * whole runs of channels; ONNX Runtime cancels the transposes between one convolution and the next.
 *
 * The interpolation points 0, 1, −1, 2, ½, ∞ are closed under p → 1/p, which is what turning a kernel by 180° does to
 * them. So one transformed kernel serves both the convolution and its adjoint, and it is fed, not kept in the model:
 * all models of a process share it.
 * @module
 */
import type { Shape } from "../shape.ts";
import type { Emit } from "../tensor.ts";

type Matrix = readonly (readonly number[])[];

/** A stretch of 6 input values to the points. */
const INPUT: Matrix = [
  [-1, 5 / 2, 0, -5 / 2, 1, 0],
  [0, 1, -3 / 2, -3 / 2, 1, 0],
  [0, -1, 7 / 2, -7 / 2, 1, 0],
  [0, 1 / 2, -1, -1 / 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, -1, 5 / 2, 0, -5 / 2, 1],
];
/** The 3 values of a kernel to the points. */
const KERNEL: Matrix = [
  [-1, 0, 0],
  [-1, -1, -1],
  [1 / 9, -1 / 9, 1 / 9],
  [1 / 9, 2 / 9, 4 / 9],
  [16 / 9, 8 / 9, 4 / 9],
  [0, 0, 1],
];
/** The points to 4 values of the output. */
const OUTPUT: Matrix = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, 1 / 2, 0],
  [0, 1, 1, 4, 1 / 4, 0],
  [0, 1, -1, 8, 1 / 8, 1],
];
const TILE = 4;
const REACH = 6;
const POINTS = REACH * REACH;

/** Where p → 1/p takes each point, and what a turned kernel's value there is multiplied with. */
const INVERSE = [5, 1, 2, 4, 3, 0];
const TURNED_FACTOR = [-1, 1, 1, 4, 1 / 4, -1];
const TURNED_INPUT: Matrix = INVERSE.map((from, point) =>
  INPUT[from].map((value) => value * TURNED_FACTOR[point]),
);
const TURNED_OUTPUT: Matrix = OUTPUT.map((row) => INVERSE.map((from) => row[from]));

/** What is convolved with. */
interface WinogradKernel {
  /** `[out, channels, 3, 3]` */
  readonly kernel: Float32Array;
  readonly out: number;
  readonly channels: number;
  /** Whether the kernel is turned by 180° and its channel axes are swapped, as in the adjoint. */
  readonly turned: boolean;
  /** The name of a value `[out]` to add. */
  readonly bias?: string;
}

/**
 * Emits the convolution of `x` `[N, C, H, W]` with one zero of padding.
 * @returns the name of a value `[N, O, H, W]`.
 */
export function emitWinograd(emit: Emit, x: string, shape: Shape, weights: WinogradKernel): string {
  const { kernel, turned, bias } = weights;
  const [batch, from, height, width] = shape;
  const to = turned ? weights.channels : weights.out;
  const rows = Math.ceil(height / TILE);
  const columns = Math.ceil(width / TILE);
  const tiles = batch * rows * columns;
  const reshape = (value: string, ...sizes: number[]) => emit.node("Reshape", [value, emit.integers(sizes)]);
  const transpose = (value: string, ...perm: number[]) =>
    emit.node("Transpose", [value], { perm: { integers: perm } });
  const transform = (matrix: Matrix, value: string) => {
    const squared = kronecker(matrix);
    const sizes = [squared.length, squared[0].length];
    return emit.node("MatMul", [emit.floats(Float32Array.from(squared.flat()), sizes), value]);
  };

  const below = rows * TILE - height;
  const beside = columns * TILE - width;
  const around = emit.integers([0, 1, 1, 0, 0, below + 1, beside + 1, 0]);
  const stride = columns * TILE + 2;
  const pixels = reshape(
    emit.node("Pad", [transpose(x, 0, 2, 3, 1), around]),
    batch * (rows * TILE + 2) * stride,
    from,
  );
  const places = emit.integers(patchPlaces(batch, rows, columns, stride));
  const patches = reshape(
    emit.node("Gather", [pixels, places], { axis: { integer: 0 } }),
    POINTS,
    tiles * from,
  );
  const atPoints = reshape(transform(turned ? TURNED_INPUT : INPUT, patches), POINTS, tiles, from);

  const { channels, out } = weights;
  const shared = emit.shared(kernel, [POINTS, channels, out], (values) =>
    transformKernel(values, channels, out),
  );
  const products = emit.node("MatMul", [atPoints, turned ? transpose(shared, 0, 2, 1) : shared]);

  const blocks = transform(turned ? TURNED_OUTPUT : OUTPUT, reshape(products, POINTS, tiles * to));
  const interleaved = transpose(reshape(blocks, TILE, TILE, batch * rows, columns, to), 2, 0, 3, 1, 4);
  const whole = reshape(interleaved, batch, rows * TILE, columns * TILE, to);
  const cropped =
    below === 0 && beside === 0
      ? whole
      : emit.node("Slice", [
          whole,
          emit.integers([0, 0]),
          emit.integers([height, width]),
          emit.integers([1, 2]),
        ]);
  return transpose(bias === undefined ? cropped : emit.node("Add", [cropped, bias]), 0, 3, 1, 2);
}

/** M ⊗ M: what M does to a line, done to the lines and columns of a square read line by line. */
const kronecker = (matrix: Matrix): Matrix =>
  matrix.flatMap((a) => matrix.map((b) => a.flatMap((x) => b.map((y) => x * y))));

/** For each position in a 6×6 patch, the pixel it falls on in each tile. */
function patchPlaces(batch: number, rows: number, columns: number, stride: number): number[] {
  const places: number[] = [];
  for (let position = 0; position < POINTS; position++) {
    const offset = Math.floor(position / REACH) * stride + (position % REACH);
    for (let picture = 0; picture < batch; picture++) {
      const corner = picture * (rows * TILE + 2) * stride + offset;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) places.push((row * stride + column) * TILE + corner);
      }
    }
  }
  return places;
}

/** Every 3×3 kernel `[out, channels, 3, 3]` at the 36 points: `[36, channels, out]`. */
function transformKernel(kernel: Float32Array, channels: number, out: number): Float32Array {
  const transformed = new Float32Array(POINTS * channels * out);
  // The filters of one channel at all points; writing them one by one into planes a megabyte apart defeats every cache.
  const points = new Float32Array(POINTS * out);
  const lines = new Float64Array(REACH * 3);
  const matrix = Float64Array.from(KERNEL.flat());
  for (let channel = 0; channel < channels; channel++) {
    for (let filter = 0; filter < out; filter++) {
      const start = (filter * channels + channel) * 9;
      for (let point = 0; point < REACH * 3; point += 3) {
        for (let x = 0; x < 3; x++) {
          lines[point + x] =
            matrix[point] * kernel[start + x] +
            matrix[point + 1] * kernel[start + x + 3] +
            matrix[point + 2] * kernel[start + x + 6];
        }
      }
      for (let row = 0; row < REACH; row++) {
        for (let column = 0; column < REACH; column++) {
          points[(row * REACH + column) * out + filter] =
            matrix[3 * column] * lines[3 * row] +
            matrix[3 * column + 1] * lines[3 * row + 1] +
            matrix[3 * column + 2] * lines[3 * row + 2];
        }
      }
    }
    for (let point = 0; point < POINTS; point++) {
      const filters = points.subarray(point * out, (point + 1) * out);
      transformed.set(filters, (point * channels + channel) * out);
    }
  }
  return transformed;
}
