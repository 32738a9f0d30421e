/**
 * Teaching: batches, lessons, Adam; now and then a rehearsal and a checkpoint. All randomness comes from the seed and the
 * step, and everything else from the checkpoint, so that a killed run goes on as if nothing had happened.
 * @module
 */

import type { Layer } from "../network/layers.ts";
import type { MeanActivations } from "../network/mean-activations.ts";
import { POOLINGS, type Pooling } from "../network/network.ts";
import { parseSafetensors } from "../network/safetensors.ts";
import { studentNetwork } from "../network/student.ts";
import type { VggWeights } from "../network/weights.ts";
import { type AdamMoments, adam } from "../optimizer/adam.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { exportStudent } from "./export.ts";
import { type BatchShape, compileLesson, type Emphasis, type Lesson, type LessonResult } from "./lesson.ts";
import type { Part } from "./parameters.ts";
import { cutBatch, type Material, type StoredPicture } from "./pictures.ts";
import { randomFor } from "./random.ts";
import { rehearse } from "./rehearsal.ts";

/** How teaching goes. */
export interface Curriculum {
  readonly seed: number;
  readonly steps: number;
  readonly batch: BatchShape;
  /** The part of the batches that is taught with average pooling. */
  readonly averagePoolingShare: number;
  readonly emphasis: Emphasis;
  /** Adam's rate rises over the warm-up to its peak, and falls along a cosine to nothing. */
  readonly peakRate: number;
  readonly warmUp: number;
  /** Steps between rehearsals; none when 0. */
  readonly rehearseEvery: number;
}

/** Everything that changes while teaching: what a checkpoint holds. */
export interface Progress {
  /** Steps done. */
  readonly step: number;
  readonly parameters: Float32Array;
  readonly moments: AdamMoments;
  readonly units: ReadonlyMap<Layer, number>;
  /** Pictures from rehearsals so far. */
  readonly stylized: readonly StoredPicture[];
}

/** What is told of each step. */
export interface TeachingStep {
  /** Steps done, this one included. */
  readonly step: number;
  readonly result: LessonResult;
  readonly rate: number;
  /** A copy of the state after the step, to be asked for before the next one. */
  progress(): Progress;
}

/** Who teaches whom, with what. */
export interface Classroom {
  readonly runtime: Runtime;
  readonly teacher: VggWeights;
  readonly means: MeanActivations;
  readonly layout: readonly Part[];
  readonly material: Material;
}

/** The learning rate of a step. */
export function rateAt(step: number, { steps, peakRate, warmUp }: Curriculum): number {
  if (step < warmUp) return (peakRate * (step + 1)) / warmUp;
  return (peakRate * (1 + Math.cos((Math.PI * (step - warmUp)) / (steps - warmUp)))) / 2;
}

/** Teaches from where `progress` left off to the end, yielding after each step. */
export async function* teach(
  classroom: Classroom,
  curriculum: Curriculum,
  progress: Progress,
): AsyncGenerator<TeachingStep, void> {
  const { runtime, teacher, layout, material } = classroom;
  const { seed, steps, batch, emphasis } = curriculum;
  const { units } = progress;
  const lessons = new Map<Pooling, Lesson>();
  for (const pooling of POOLINGS) {
    lessons.set(
      pooling,
      await compileLesson(runtime, teacher, layout, batch, { pooling, emphasis, units, withGradient: true }),
    );
  }
  let step = progress.step;
  const optimizer = adam(progress.parameters, {
    learningRate: () => rateAt(step, curriculum),
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    moments: progress.moments,
  });
  const stylized = [...progress.stylized];
  try {
    for (; step < steps; ) {
      if (curriculum.rehearseEvery > 0 && step % curriculum.rehearseEvery === 0) {
        stylized.push(...(await rehearsal(classroom, units, optimizer.point, randomFor(seed, -2 - step))));
      }
      const random = randomFor(seed, step);
      const pooling = random.uniform() < curriculum.averagePoolingShare ? "average" : "max";
      const pictures = cutBatch(material, stylized, batch, random);
      const result = await lessons.get(pooling)?.run(pictures, optimizer.point);
      if (result === undefined) return;
      const rate = rateAt(step, curriculum);
      optimizer.tell(result.loss, result.gradient);
      step += 1;
      yield {
        step,
        result,
        rate,
        progress: () => ({
          step,
          parameters: optimizer.point.slice(),
          moments: optimizer.moments,
          units,
          stylized: [...stylized],
        }),
      };
    }
  } finally {
    for (const lesson of lessons.values()) await lesson.release();
  }
}

async function rehearsal(
  { layout, means, material, runtime }: Classroom,
  units: ReadonlyMap<Layer, number>,
  parameters: Float32Array,
  random: ReturnType<typeof randomFor>,
): Promise<readonly StoredPicture[]> {
  const file = parseSafetensors(exportStudent(layout, parameters, units, means, {}));
  return rehearse(material, studentNetwork(file, ""), runtime, random);
}
