/**
 * The Wasserstein-2 measure of style on real features, whose covariances have eigenvalues ten thousand times apart: what
 * three well-conditioned rows do not show.
 */
import { join } from "node:path";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { beforeAll, describe, expect, test } from "vitest";
import { gradients } from "../src/graph/gradients.ts";
import { input } from "../src/graph/tensor.ts";
import { readPicture } from "../src/image/decode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { resize } from "../src/image/resize.ts";
import { sizeWithinLongestSide } from "../src/image/size.ts";
import { gaussianMeasure } from "../src/loss/gaussian.ts";
import { moments } from "../src/loss/moments.ts";
import { featuresAt, type Network } from "../src/network/network.ts";
import { openNetwork } from "../src/network/open.node.ts";
import { dot, evaluate, withProgram } from "./evaluate.ts";

const { IMPASTO_WEIGHTS, IMPASTO_FIXTURES } = process.env;
const LAYERS = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"] as const;
type StyleLayer = (typeof LAYERS)[number];
type Found = Readonly<Record<string, Float32Array>>;

/** A layer's loss as a function of the picture's moments, with its gradient; all else are inputs. */
function lossOf(rows: number) {
  const target = { second: input("targetSecond", [rows, rows]), mean: input("targetMean", [rows, 1]) };
  const here = { second: input("second", [rows, rows]), mean: input("mean", [rows, 1]) };
  const prepared = gaussianMeasure.prepare(target, rows);
  const given = Object.fromEntries(
    Object.entries(prepared).map(([name, { shape }]) => [name, input(`prepared ${name}`, shape)]),
  );
  const loss = gaussianMeasure.loss(here, given, rows);
  const [second, mean] = gradients(loss, [here.second, here.mean]);
  return { prepared, outputs: { loss, "by second": second, "by mean": mean } };
}

async function prepare(rows: number, { second, mean }: Found): Promise<Found> {
  const found = await evaluate(lossOf(rows).prepared, { targetSecond: second, targetMean: mean });
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [`prepared ${name}`, values]));
}

const blend = (a: Float32Array, b: Float32Array, part: number): Float32Array =>
  a.map((value, i) => (1 - part) * value + part * b[i]);

/** tr Σ + tr Σₛ − 2 tr (Σₛ^½ Σ Σₛ^½)^½ + ‖μ − μₛ‖² in float64, as the loss regularises and scales them. */
function referenceDistance(picture: Found, painting: Found, rows: number): number {
  const matrix = (values: Float32Array) => Matrix.from1DArray(rows, values.length / rows, Array.from(values));
  const power = matrix(painting.second).trace() / rows + 1e-6;
  const normal = ({ second, mean }: Found) => {
    const unit = matrix(second).div(power);
    const centre = matrix(mean).div(Math.sqrt(power));
    const added = Matrix.eye(rows).mul(4e-3 * Math.max(1, unit.trace() / (2 * rows)));
    return { centre, covariance: Matrix.sub(unit, centre.mmul(centre.transpose())).add(added) };
  };
  const [a, b] = [normal(picture), normal(painting)];
  const decompose = (values: Matrix) => new EigenvalueDecomposition(values, { assumeSymmetric: true });
  const roots = (values: readonly number[]) => values.map((value) => Math.sqrt(Math.max(value, 0)));
  const { eigenvectorMatrix: vectors, realEigenvalues } = decompose(b.covariance);
  const root = Matrix.mul(vectors, 1).mulRowVector(roots(realEigenvalues)).mmul(vectors.transpose());
  const overlap = roots(decompose(root.mmul(a.covariance).mmul(root)).realEigenvalues).reduce(
    (x, y) => x + y,
  );
  const shift = Matrix.sub(a.centre, b.centre).norm("frobenius") ** 2;
  return (shift + a.covariance.trace() + b.covariance.trace() - 2 * overlap) / rows;
}

describe.skipIf(!IMPASTO_WEIGHTS || !IMPASTO_FIXTURES)(
  "With VGG-19's features of pictures (needs IMPASTO_WEIGHTS and IMPASTO_FIXTURES), the distance of style",
  () => {
    let network: Network;
    const picture = (name: string) => readPicture(join(IMPASTO_FIXTURES ?? "", "crowsonkb", `${name}.png`));

    beforeAll(async () => {
      ({ network } = await openNetwork(IMPASTO_WEIGHTS ?? "", {}));
    });

    const known = new Map<string, Promise<Record<StyleLayer, Found>>>();

    /** The moments of a picture with the given longest side, by layer: computed once, however many tests ask for them. */
    function momentsOf(name: string, longest: number): Promise<Record<StyleLayer, Found>> {
      const question = `${name} ${longest}`;
      const found = known.get(question) ?? picture(name).then((whole) => computeMoments(whole, longest));
      known.set(question, found);
      return found;
    }

    async function computeMoments(whole: Picture, longest: number): Promise<Record<StyleLayer, Found>> {
      const { width, height } = sizeWithinLongestSide(whole.width, whole.height, longest);
      const image = input("image", [1, 3, height, width]);
      const features = network.features(image, { pooling: "max", layers: LAYERS, normalized: false });
      const outputs = LAYERS.flatMap((layer) => {
        const { second, mean } = moments(featuresAt(features, layer).tensor);
        return [[`${layer} second`, second] as const, [`${layer} mean`, mean] as const];
      });
      const found = await evaluate(Object.fromEntries(outputs), { image: resize(whole, width, height).rgb });
      const at = (layer: StyleLayer) => ({ second: found[`${layer} second`], mean: found[`${layer} mean`] });
      return {
        conv1_1: at("conv1_1"),
        conv2_1: at("conv2_1"),
        conv3_1: at("conv3_1"),
        conv4_1: at("conv4_1"),
        conv5_1: at("conv5_1"),
      };
    }

    test.each([
      ["starry_night_google_480", 192],
      ["the_scream_480", 192],
      ["shipwreck_480", 192],
      ["great_wave_crop_480", 192],
      ["starry_night_google_480", 480],
      ["great_wave_crop_480", 480],
    ])("of %s at %i pixels to itself is below a ten-thousandth at every layer", async (name, longest) => {
      const own = await momentsOf(name, longest);
      for (const layer of LAYERS) {
        const rows = own[layer].mean.length;
        const { loss } = await evaluate(lossOf(rows).outputs, {
          ...(await prepare(rows, own[layer])),
          ...own[layer],
        });
        expect(Math.abs(loss[0]), layer).toBeLessThan(1e-4);
      }
    });

    test.each([
      ["the_scream_480", "tubingen_480", 192],
      ["great_wave_crop_480", "golden_gate_480", 192],
      ["starry_night_google_480", "tubingen_480", 480],
    ])(
      "of %s to %s at %i pixels has a gradient within 3 parts in 100 of differences, near and far",
      async (painting, photograph, longest) => {
        const [target, other] = [await momentsOf(painting, longest), await momentsOf(photograph, longest)];
        for (const layer of LAYERS) {
          const rows = target[layer].mean.length;
          const prepared = await prepare(rows, target[layer]);
          await withProgram(lossOf(rows).outputs, async (program) => {
            const at = (part: number) =>
              program.run({
                ...prepared,
                second: blend(target[layer].second, other[layer].second, part),
                mean: blend(target[layer].mean, other[layer].mean, part),
              });
            for (const [part, step] of [
              [0.05, 0.005],
              [0.95, 0.005],
            ]) {
              const here = await at(part);
              const [ahead, behind] = [await at(part + step), await at(part - step)];
              const way = (which: "second" | "mean") =>
                other[layer][which].map((v, i) => v - target[layer][which][i]);
              const slope = dot(here["by second"], way("second")) + dot(here["by mean"], way("mean"));
              const difference = (ahead.loss[0] - behind.loss[0]) / (2 * step);
              expect(slope / difference, `${layer}, ${part} of the way`).toBeGreaterThan(0.97);
              expect(slope / difference, `${layer}, ${part} of the way`).toBeLessThan(1.03);
            }
          });
        }
      },
    );

    test("agrees with one computed in float64 by eigenvalues", async () => {
      const [target, other] = [
        await momentsOf("great_wave_crop_480", 192),
        await momentsOf("golden_gate_480", 192),
      ];
      for (const layer of LAYERS) {
        const rows = target[layer].mean.length;
        const prepared = await prepare(rows, target[layer]);
        for (const part of rows > 256 ? [0.3] : [0.02, 0.3, 1]) {
          const second = blend(target[layer].second, other[layer].second, part);
          const mean = blend(target[layer].mean, other[layer].mean, part);
          const { loss } = await evaluate(lossOf(rows).outputs, { ...prepared, second, mean });
          const reference = referenceDistance({ second, mean }, target[layer], rows);
          expect(Math.abs(loss[0] - reference), `${layer}, ${part}`).toBeLessThan(2e-5 + 1e-3 * reference);
        }
      }
    });
  },
);
