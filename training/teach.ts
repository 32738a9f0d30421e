/**
 * Teaching: batches, lessons, Adam; now and then a rehearsal and a checkpoint. All randomness comes from the seed and the
 * step, and everything else from the checkpoint, so that a killed run goes on as if nothing had happened.
 * @module
 */

import { ImpastoError } from "../src/errors.ts";
import type { Layer } from "../src/network/layers.ts";
import type { MeanActivations } from "../src/network/mean-activations.ts";
import type { Network, Pooling } from "../src/network/network.ts";
import { parseSafetensors } from "../src/network/safetensors.ts";
import { studentNetwork } from "../src/network/student.ts";
import type { VggWeights } from "../src/network/weights.ts";
import { type AdamMoments, adam } from "../src/optimizer/adam.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import { exportStudent } from "./export.ts";
import { type BatchShape, compileLesson, type Emphasis, type Lesson, type LessonResult } from "./lesson.ts";
import type { Part } from "./parameters.ts";
import { cutBatch, cutScene, type Material, type Scene } from "./pictures.ts";
import { randomFor } from "./random.ts";
import { type Rehearsals, rehearse } from "./rehearsal.ts";

/** How one stretch of teaching goes. */
export interface Curriculum {
  readonly seed: number;
  /** The steps before it, of earlier stretches. */
  readonly after: number;
  readonly steps: number;
  readonly batch: BatchShape;
  /** The part of the batches that is taught with average pooling. */
  readonly averagePoolingShare: number;
  readonly emphasis: Emphasis;
  /** The part of the cuts, and of the batches from rehearsals, that is recoloured. */
  readonly recolouredShare: number;
  /** A gradient longer than this is shortened to it: a few batches have ones many times longer than all others. */
  readonly longestGradient: number;
  /** Adam's rate rises over the warm-up to its peak, and falls along a cosine to the last. */
  readonly peakRate: number;
  readonly lastRate: number;
  readonly warmUp: number;
  /** Absent where there are none. */
  readonly rehearsals?: Rehearsals;
}

/** Everything that changes while teaching: what a checkpoint holds. */
export interface Progress {
  /** Steps done. */
  readonly step: number;
  readonly parameters: Float32Array;
  readonly moments: AdamMoments;
  readonly units: ReadonlyMap<Layer, number>;
  /** What was rehearsed so far. */
  readonly scenes: readonly Scene[];
}

/** What is told of each step. */
interface TeachingStep {
  /** Steps done, this one included. */
  readonly step: number;
  /** Its gradient as it was followed, shortened. */
  readonly result: LessonResult;
  readonly rate: number;
  /** ‖∂loss/∂parameters‖, before it was shortened. */
  readonly gradientLength: number;
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

/** Adam's moments before the first step. */
export const noMoments = (size: number): AdamMoments => ({
  first: new Float32Array(size),
  second: new Float32Array(size),
  steps: 0,
});

/** The learning rate of a step. */
export function rateAt(step: number, { after, steps, peakRate, lastRate, warmUp }: Curriculum): number {
  const own = step - after;
  if (own < warmUp) return (peakRate * (own + 1)) / warmUp;
  const height = (1 + Math.cos((Math.PI * (own - warmUp)) / (steps - warmUp))) / 2;
  return lastRate + (peakRate - lastRate) * height;
}

/**
 * Teaches from where `progress` left off to the end of the stretch, yielding after each step.
 * @throws ImpastoError when the loss or its gradient stops being a number.
 */
export async function* teach(
  classroom: Classroom,
  curriculum: Curriculum,
  progress: Progress,
): AsyncGenerator<TeachingStep, void> {
  const { runtime, teacher, layout, material } = classroom;
  const { seed, after, steps, batch, emphasis, rehearsals, recolouredShare } = curriculum;
  const { units } = progress;
  const opened: Lesson[] = [];
  const open = async (pooling: Pooling): Promise<Lesson> => {
    const options = { pooling, emphasis, units, withGradient: true };
    const lesson = await compileLesson(runtime, teacher, layout, batch, options);
    opened.push(lesson);
    return lesson;
  };
  let step = progress.step;
  const optimizer = adam(progress.parameters, {
    learningRate: () => rateAt(step, curriculum),
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    // A stretch begins with its own: moments of another loss would make its first steps too long.
    moments: progress.step === after ? noMoments(progress.parameters.length) : progress.moments,
  });
  const scenes = [...progress.scenes];
  try {
    const lessons: Readonly<Record<"max" | "average", Lesson>> = {
      max: await open("max"),
      average: await open("average"),
    };
    while (step < after + steps) {
      if (rehearsals && step % rehearsals.every === 0) {
        const student = studentOf(classroom, units, optimizer.point);
        const own = randomFor(seed, -2 - step);
        const scene = await rehearse(material, rehearsals.keptAfter, student, runtime, own);
        if (scene) scenes.push(scene);
      }
      const random = randomFor(seed, step);
      const pooling = random.uniform() < curriculum.averagePoolingShare ? "average" : "max";
      const fromScene = scenes.length > 0 && random.uniform() < (rehearsals?.share ?? 0);
      const pictures = fromScene
        ? cutScene(scenes, batch, recolouredShare, random)
        : cutBatch(material, batch, recolouredShare, random);
      const result = await lessons[pooling].run(pictures, optimizer.point);
      const length = shorten(result.gradient, curriculum.longestGradient);
      if (!Number.isFinite(result.loss) || !Number.isFinite(length)) {
        throw new ImpastoError(
          `Teaching diverged at step ${step}: lower the rate, and go on from a checkpoint.`,
        );
      }
      const rate = rateAt(step, curriculum);
      await optimizer.tell(result.loss, result.gradient);
      step += 1;
      yield {
        step,
        result,
        rate,
        gradientLength: length,
        progress: () => ({
          step,
          parameters: optimizer.point.slice(),
          moments: optimizer.moments,
          units,
          scenes: [...scenes],
        }),
      };
    }
  } finally {
    for (const lesson of opened) await lesson.release();
  }
}

/** Scales a vector that is longer than `longest` to that length, in place, and tells how long it was. */
function shorten(vector: Float32Array, longest: number): number {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (length > longest) for (let index = 0; index < vector.length; index++) vector[index] *= longest / length;
  return length;
}

/** The student as it would be shipped. */
const studentOf = (
  { layout, means }: Classroom,
  units: ReadonlyMap<Layer, number>,
  parameters: Float32Array,
): Network => studentNetwork(parseSafetensors(exportStudent(layout, parameters, units, means, {})), "");
