/**
 * Neural style transfer on one page: section 2 of Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional
 * Neural Networks" (CVPR 2016), equation by equation. `--preset gatys` is the same method; a test holds one to the other.
 *
 *     npx tsx examples/method.ts examples/cat.png examples/starry_night.jpg method.png
 * @module
 */
import { realpathSync, writeFileSync } from "node:fs";
import {
  createOptimizer,
  type Engine,
  encodePicture,
  featuresAt,
  openEngine,
  type Picture,
  readPicture,
  resize,
  throughHeads,
} from "impasto";
import {
  add,
  constant,
  gradients,
  input,
  matmul,
  reshape,
  scale,
  square,
  subtract,
  type Tensor,
  total,
  transpose,
} from "impasto/graph";

const CONTENT_LAYER = "conv4_2";
const STYLE_LAYERS = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"] as const;

/**
 * 2. Deep image representations: a layer's features F, a row for each of N filters, a column for each of M positions.
 * Pooling takes averages, and every filter is scaled so that its mean activation over many photographs is one.
 */
function featuresOf(image: Tensor, { network }: Engine) {
  const layers = [CONTENT_LAYER, ...STYLE_LAYERS] as const;
  // A smaller network than VGG-19 has heads, which bring its features to VGG-19's distances.
  const maps = throughHeads(network.features(image, { layers, pooling: "average", normalized: true }));
  return layers.map((layer) => {
    const { tensor, channels: N } = featuresAt(maps, layer);
    const [, rows, height, width] = tensor.shape;
    return { layer, F: reshape(tensor, [rows, height * width]), N, M: height * width };
  });
}

/** 2.1 Content representation: ½ Σᵢⱼ (Fᵢⱼ − Pᵢⱼ)² (equation 1), with P the photograph's features. */
const contentLoss = (F: Tensor, P: Tensor): Tensor => scale(1 / 2, total(square(subtract(F, P))));

/** 2.2 Style representation: Gᵢⱼ = Σₖ Fᵢₖ Fⱼₖ (equation 3), how much filters i and j see in the same places. */
const gram = (F: Tensor): Tensor => matmul(F, transpose(F));

/** E = Σᵢⱼ (Gᵢⱼ − Aᵢⱼ)² / (4 N² M²) (equation 4), with A the painting's Gram matrix. */
const styleLoss = (G: Tensor, A: Tensor, N: number, M: number): Tensor =>
  scale(1 / (4 * N ** 2 * M ** 2), total(square(subtract(G, A))));

/**
 * 2.3 Style transfer: moves pixels x, from any start, until they have the photograph's features and the painting's Gram
 * matrices. All pictures have one size. Yields the loss of each evaluation, and the best pixels so far.
 * @param alpha α of equation 7, where β = 1. The paper has 1e-3; the smaller, the less is left of the photograph.
 */
export async function* transfer(
  [photograph, painting]: readonly Picture[],
  start: Float32Array,
  engine: Engine,
  alpha: number,
  evaluations: number,
) {
  const { width, height } = photograph;
  const x = input("x", [1, 3, height, width]);
  const [{ F }, ...styles] = featuresOf(x, engine);
  const grams = Object.fromEntries(styles.map(({ layer, F }) => [layer, gram(F)]));

  // What is to be matched, once: P of the photograph and A of the painting.
  const look = await engine.runtime.compile({ F, ...grams });
  const [{ F: P }, A] = [await look.run({ x: photograph.rgb }), await look.run({ x: painting.rgb })];
  await look.release();

  // L = α · L_content + Σ w E, each w = 1/5 (equations 5 and 7), and ∂L/∂x by the chain rule, from L back to x.
  const content = contentLoss(F, constant(P, F.shape));
  const style = styles
    .map(({ layer, N, M }) => styleLoss(grams[layer], constant(A[layer], grams[layer].shape), N, M))
    .reduce((sum, E) => add(sum, E));
  const L = add(scale(alpha, content), scale(1 / styles.length, style));
  const [gradient] = gradients(L, [x]);
  const program = await engine.runtime.compile({ L, gradient });

  // L-BFGS proposes pixels, and is told L and its gradient there.
  const settings = { kind: "lbfgs", manner: "safeguarded", history: 20, firstStep: 0.1 } as const;
  const lbfgs = await createOptimizer(start, settings);
  for (let evaluation = 1; evaluation <= evaluations; evaluation++) {
    const { L, gradient } = await program.run({ x: lbfgs.point });
    await lbfgs.tell(L[0], gradient);
    yield { loss: L[0], rgb: lbfgs.accepted };
  }
  await program.release();
}

/** Makes a third picture of two, from white noise. */
async function main([photo, style, output, longest = "256", alpha = "1e-7"]: readonly string[]) {
  const files = [await readPicture(photo), await readPicture(style)];
  const ratio = Number(longest) / Math.max(files[0].width, files[0].height);
  const [width, height] = [files[0].width, files[0].height].map((side) => Math.round(ratio * side));
  const pictures = files.map((file) => resize(file, width, height));
  let rgb: Float32Array = pictures[0].rgb.map(() => Math.random());
  for await (const step of transfer(pictures, rgb, await openEngine(), Number(alpha), 300)) {
    console.log(step.loss);
    rgb = step.rgb;
  }
  writeFileSync(output, await encodePicture({ width, height, rgb }, "png"));
}

// Where this file is run, not where it is imported.
if (realpathSync(process.argv[1] ?? ".") === import.meta.filename) await main(process.argv.slice(2));
