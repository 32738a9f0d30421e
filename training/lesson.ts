/**
 * One step's question and answer: pictures go through teacher and student, and the loss says how far the student's
 * features, mapped linearly, are from the teacher's, how far the Gram matrices made of them are, and how far those
 * errors differ within the batch.
 * @module
 */
import { gradients } from "../src/graph/gradients.ts";
import { add } from "../src/graph/operations/add.ts";
import { convolution } from "../src/graph/operations/convolution.ts";
import { divide } from "../src/graph/operations/divide.ts";
import { matmul } from "../src/graph/operations/matmul.ts";
import { scale, square } from "../src/graph/operations/multiply.ts";
import { reshape } from "../src/graph/operations/reshape.ts";
import { subtract } from "../src/graph/operations/subtract.ts";
import { sumTo, total } from "../src/graph/operations/sum.ts";
import { transpose } from "../src/graph/operations/transpose.ts";
import { sizeOf } from "../src/graph/shape.ts";
import { input, scalar, type Tensor } from "../src/graph/tensor.ts";
import type { Layer } from "../src/network/layers.ts";
import { featuresAt, type Pooling } from "../src/network/network.ts";
import { biasName, kernelName, STUDENT_INPUT, TAUGHT_LAYERS } from "../src/network/student.ts";
import { constantWeights, vggFeatures } from "../src/network/vgg19.ts";
import type { VggWeights } from "../src/network/weights.ts";
import { required } from "../src/required.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import { constantName, mapName, namedViews, type Part, unitOf } from "./parameters.ts";

/** How much each layer's features and Gram matrix count in what is taught. */
export interface Emphasis {
  readonly features: Readonly<Partial<Record<Layer, number>>>;
  readonly grams: Readonly<Partial<Record<Layer, number>>>;
  /**
   * An error that a batch's Gram matrices have in common cancels in a style loss, where the painting's has it too; this
   * is for what is left of the errors without it.
   */
  readonly contrasts: Readonly<Partial<Record<Layer, number>>>;
}

/** The size of a batch: pictures, and their sides in pixels. */
export interface BatchShape {
  readonly batch: number;
  readonly width: number;
  readonly height: number;
}

/** What one batch taught. */
export interface LessonResult {
  readonly loss: number;
  /** Power not explained, layer by layer: ‖W s + b − t‖² / ‖t‖², with a floor below where there is a gradient. */
  readonly features: Readonly<Record<string, number>>;
  /** ‖Ĝ − G‖² / ‖G‖², layer by layer, likewise. */
  readonly grams: Readonly<Record<string, number>>;
  /** The same of what the batch's errors do not have in common. */
  readonly contrasts: Readonly<Record<string, number>>;
  /** ∂loss/∂parameters; empty when the lesson was compiled without gradients. */
  readonly gradient: Float32Array;
}

/** A compiled lesson. It holds native memory until released. */
export interface Lesson {
  /** @param pictures `[N, 3, H, W]`, RGB in [0, 1]. @param parameters the vector of the layout. */
  run(pictures: Float32Array, parameters: Float32Array): Promise<LessonResult>;
  release(): Promise<void>;
}

/** Floors of the relative errors, for features in units of their usual size; none when only examining. */
const FEATURE_FLOOR = 0.1;
const GRAM_FLOOR = 0.02;

/** Compiles a lesson for batches of one shape. @param units each taught layer's unit: its features' root mean square. */
export async function compileLesson(
  runtime: Runtime,
  teacher: VggWeights,
  layout: readonly Part[],
  { batch, width, height }: BatchShape,
  options: {
    readonly pooling: Pooling;
    readonly emphasis: Emphasis;
    readonly units: ReadonlyMap<Layer, number>;
    readonly withGradient: boolean;
  },
): Promise<Lesson> {
  const { pooling, emphasis, units, withGradient } = options;
  const pictures = input("pictures", [batch, 3, height, width]);
  const parameters = new Map(layout.map(({ name, shape }) => [name, input(name, shape)]));
  const parameter = (name: string): Tensor => required(parameters.get(name), `parameter ${name}`);
  const building = { pooling, layers: TAUGHT_LAYERS };
  const taught = vggFeatures(pictures, teacher.input, constantWeights(teacher.layers), building);
  const learned = vggFeatures(
    pictures,
    STUDENT_INPUT,
    (layer) => ({ kernel: parameter(kernelName(layer)), bias: parameter(biasName(layer)) }),
    building,
  );

  const errors = new Map<string, Tensor>();
  const weighted: Tensor[] = [];
  const count = (weight = 0, error: Tensor) => {
    if (weight > 0) weighted.push(scale(weight, error));
  };
  for (const layer of TAUGHT_LAYERS) {
    const target = scale(1 / unitOf(units, layer), featuresAt(taught, layer).tensor);
    const guess = convolution(
      featuresAt(learned, layer).tensor,
      parameter(mapName(layer)),
      parameter(constantName(layer)),
      0,
    );
    const features = relative(subtract(guess, target), target, withGradient ? FEATURE_FLOOR : 0);
    errors.set(`features.${layer}`, features);
    count(emphasis.features[layer], features);
    const [gramWeight = 0, contrastWeight = 0] = [emphasis.grams[layer], emphasis.contrasts[layer]];
    if (gramWeight + contrastWeight === 0) continue;
    const right = gramOfEach(target);
    const wrong = subtract(gramOfEach(guess), right);
    const floor = withGradient ? GRAM_FLOOR : 0;
    const grams = relative(wrong, right, floor);
    errors.set(`grams.${layer}`, grams);
    count(gramWeight, grams);
    if (contrastWeight === 0) continue;
    const common = scale(1 / batch, sumTo(wrong, [1, ...wrong.shape.slice(1)]));
    const contrasts = relative(subtract(wrong, common), right, floor);
    errors.set(`contrasts.${layer}`, contrasts);
    count(contrastWeight, contrasts);
  }
  const loss = add(scalar(0), ...weighted);
  const parts = withGradient
    ? gradients(
        loss,
        layout.map(({ name }) => parameter(name)),
      )
    : [];
  const gradientName = (name: string) => `gradient.${name}`;
  const program = await runtime.compile({
    ...Object.fromEntries(errors),
    ...Object.fromEntries(parts.map((part, index) => [gradientName(layout[index].name), part])),
    loss,
  });
  return {
    async run(values, vector) {
      const results = await program.run({ pictures: values, ...namedViews(layout, vector) });
      const gradient = new Float32Array(withGradient ? vector.length : 0);
      if (withGradient) {
        for (const { name, start } of layout) {
          gradient.set(required(results[gradientName(name)], gradientName(name)), start);
        }
      }
      return {
        loss: required(results.loss, "loss")[0],
        features: numbersUnder("features.", results),
        grams: numbersUnder("grams.", results),
        contrasts: numbersUnder("contrasts.", results),
        gradient,
      };
    },
    release: () => program.release(),
  };
}

/**
 * Σ wrong² / (Σ target² + floor): the floor, for each value, keeps a batch of flat pictures, which has next
 * to no features, from shouting down all others.
 */
const relative = (wrong: Tensor, target: Tensor, floor: number): Tensor =>
  divide(total(square(wrong)), add(total(square(target)), scalar(floor * sizeOf(target.shape))));

/** F Fᵀ of each picture of a batch, `[N, C, C]`; a factor would cancel in a relative error. */
function gramOfEach(features: Tensor): Tensor {
  const [batch, channels, height, width] = features.shape;
  const flat = reshape(features, [batch, channels, height * width]);
  return scale(1 / (height * width), matmul(flat, transpose(flat)));
}

const numbersUnder = (
  kind: string,
  results: Readonly<Record<string, Float32Array>>,
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(results).flatMap(([name, [value]]) =>
      name.startsWith(kind) ? [[name.slice(kind.length), value]] : [],
    ),
  );
