/**
 * What the student has learned, on pictures it was never taught with: the fraction of the teacher's feature power that
 * it does not explain, layer by layer, on whole pictures without noise.
 * @module
 */
import type { Layer } from "../src/network/layers.ts";
import type { Pooling } from "../src/network/network.ts";
import type { VggWeights } from "../src/network/weights.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import { compileLesson } from "./lesson.ts";
import type { Part } from "./parameters.ts";
import { recall, type StoredPicture } from "./pictures.ts";

const EVERY_GRAM = { conv1_1: 1, conv2_1: 1, conv3_1: 1, conv4_1: 1, conv5_1: 1 };

/** Errors by layer, each the mean over the pictures. */
export interface Marks {
  readonly features: Readonly<Record<string, number>>;
  readonly grams: Readonly<Record<string, number>>;
}

/** Examines the student. Pictures of one shape share one compiled lesson. */
export async function examine(
  runtime: Runtime,
  teacher: VggWeights,
  layout: readonly Part[],
  parameters: Float32Array,
  units: ReadonlyMap<Layer, number>,
  pictures: readonly StoredPicture[],
  pooling: Pooling,
): Promise<Marks> {
  const shapes = new Map(pictures.map(({ width, height }) => [`${width}×${height}`, { width, height }]));
  const sums = { features: new Map<string, number>(), grams: new Map<string, number>() };
  for (const { width, height } of shapes.values()) {
    const group = pictures.filter((picture) => picture.width === width && picture.height === height);
    const lesson = await compileLesson(
      runtime,
      teacher,
      layout,
      { batch: 1, width, height },
      {
        pooling,
        emphasis: { features: {}, grams: EVERY_GRAM, contrasts: {} },
        units,
        withGradient: false,
      },
    );
    for (const picture of group) {
      const { features, grams } = await lesson.run(recall(picture).rgb, parameters);
      for (const [layer, error] of Object.entries(features))
        sums.features.set(layer, (sums.features.get(layer) ?? 0) + error);
      for (const [layer, error] of Object.entries(grams))
        sums.grams.set(layer, (sums.grams.get(layer) ?? 0) + error);
    }
    await lesson.release();
  }
  const means = (sum: ReadonlyMap<string, number>) =>
    Object.fromEntries([...sum].map(([layer, value]) => [layer, value / pictures.length]));
  return { features: means(sums.features), grams: means(sums.grams) };
}
