import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Matrix } from "ml-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePicture } from "../src/image/encode.node.ts";
import { byLayer, channelsOf, inputChannelsOf, type Layer } from "../src/network/layers.ts";
import { parseSafetensors, type Safetensors } from "../src/network/safetensors.ts";
import { kernelName, STUDENT_LAYERS } from "../src/network/student.ts";
import { OXFORD, type VggWeights } from "../src/network/weights.ts";
import { openRuntime } from "../src/runtime/onnxruntime.node.ts";
import type { Runtime } from "../src/runtime/runtime.ts";
import { randomNumbers } from "../test/evaluate.ts";
import { type Beginning, beginFromTeacher } from "./beginning.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.node.ts";
import { examine } from "./examination.ts";
import { exportStudent } from "./export.ts";
import { compileLesson } from "./lesson.ts";
import { layoutOf, parameterCount, partOf } from "./parameters.ts";
import { cutBatch, type Material, readMaterial } from "./pictures.ts";
import { beginFromNetwork } from "./pretrained.ts";
import { randomFor } from "./random.ts";
import { type Classroom, type Curriculum, noMoments, type Progress, rateAt, teach } from "./teach.ts";
import { evenWidths, listedWidths, studentWidths } from "./widths.ts";

/** A student of a few channels, so that fifty steps take seconds. */
const DIVISOR = 16;
const BATCH = { batch: 2, width: 32, height: 32 };
const LAYERS_TAUGHT = {
  conv1_1: 1,
  conv1_2: 1,
  conv2_1: 1,
  conv2_2: 1,
  conv3_1: 1,
  conv3_4: 1,
  conv4_1: 1,
  conv4_2: 1,
  conv5_1: 1,
};
const CURRICULUM: Curriculum = {
  seed: 3,
  after: 0,
  steps: 50,
  batch: BATCH,
  averagePoolingShare: 0.2,
  emphasis: { features: LAYERS_TAUGHT, grams: { conv2_1: 1, conv4_1: 1 }, contrasts: { conv4_1: 1 } },
  recolouredShare: 0.3,
  longestGradient: 10,
  peakRate: 3e-4,
  lastRate: 0,
  warmUp: 10,
  rehearsals: { every: 30, keptAfter: [1, 2], share: 0.4 },
};

const beginningBatches = (material: Material) =>
  Array.from({ length: 12 }, (_, index) => cutBatch(material, BATCH, 0, randomFor(1, index)));

/** VGG-19's shape with random filters (He's scale), whose activations keep about one size from layer to layer. */
function randomTeacher(): VggWeights {
  const next = randomNumbers(7);
  const layers = byLayer((layer) => {
    const inputs = inputChannelsOf(layer);
    const scale = (layer === "conv1_1" ? 1 / 60 : 1) * Math.sqrt(6 / (9 * inputs));
    const kernel = Float32Array.from(
      { length: 9 * inputs * channelsOf(layer) },
      () => scale * (2 * next() - 1),
    );
    return { kernel, bias: Float32Array.from({ length: channelsOf(layer) }, () => 0.1 * (2 * next() - 1)) };
  });
  return { layers, input: OXFORD, checksum: "" };
}

/** Waves of random colours, directions and lengths: pictures with something to learn in them. */
function waves(seed: number) {
  const next = randomNumbers(seed);
  const [width, height] = [48, 40];
  const waveOf = () => ({ x: next() - 0.5, y: next() - 0.5, phase: 6 * next() });
  const channels = [waveOf(), waveOf(), waveOf()];
  const rgb = Float32Array.from({ length: 3 * width * height }, (_, index) => {
    const { x, y, phase } = channels[Math.floor(index / (width * height))];
    const pixel = index % (width * height);
    return 0.5 + 0.5 * Math.sin(x * (pixel % width) + y * Math.floor(pixel / width) + phase);
  });
  return { width, height, rgb };
}

let folder = "";
let classroom: Classroom;
/** For what is compiled once: every program of it holds much of the teacher. */
let unkept: Runtime;
let beginning: Progress;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "impasto-teaching-"));
  for (let index = 0; index < 8; index++) {
    const name = index < 5 ? `photo_${index}.png` : `artwork_${index}.png`;
    await writeFile(join(folder, name), await encodePicture(waves(index), "png"));
  }
  // Lessons are the same from test to test, and compiling one, which holds the whole teacher, takes as long as many steps.
  const runtime = await openRuntime({ device: "cpu", threads: 1, keep: () => 1e8 });
  const teacher = randomTeacher();
  const layout = layoutOf(evenWidths(DIVISOR));
  const material = await readMaterial(folder, { photographs: 1, artworks: 1 }, CURRICULUM.seed);
  const means = byLayer((layer) => Array.from({ length: channelsOf(layer) }, (_, i) => 1 + (i % 3) / 2));
  classroom = { runtime, teacher, means, layout, material };
  const batches = beginningBatches(material);
  unkept = await openRuntime({ device: "cpu", threads: 1 });
  const { parameters, units } = await beginFromTeacher(unkept, teacher, layout, BATCH, batches);
  beginning = {
    step: 0,
    parameters,
    units,
    moments: noMoments(parameterCount(layout)),
    scenes: [],
  };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Teaches up to `until` steps and gives the state then. */
async function teachUntil(curriculum: Curriculum, progress: Progress, until: number): Promise<Progress> {
  for await (const step of teach(classroom, curriculum, progress))
    if (step.step === until) return step.progress();
  throw new Error(`Teaching ended before step ${until}`);
}

const marksOf = ({ parameters, units }: Progress) =>
  examine(
    classroom.runtime,
    classroom.teacher,
    classroom.layout,
    parameters,
    units,
    classroom.material.heldOut,
    "max",
  );

describe("teaching that cannot begin", () => {
  it("releases the lesson it has when there is no room for another", async () => {
    const { runtime } = classroom;
    let [compiled, released] = [0, 0];
    const narrow: Runtime = {
      ...runtime,
      async compile(outputs) {
        if (compiled === 1) throw new Error("No room for another");
        const program = await runtime.compile(outputs);
        compiled += 1;
        const release = async (): Promise<void> => {
          released += 1;
          await program.release();
        };
        return { ...program, release };
      },
    };
    const steps = teach({ ...classroom, runtime: narrow }, CURRICULUM, beginning);
    await expect(steps.next()).rejects.toThrow("No room for another");
    expect([compiled, released]).toEqual([1, 1]);
  });
});

describe("teaching", () => {
  it("begins with the channels that explain most: far less is unexplained than by a constant", async () => {
    const { features } = await marksOf(beginning);
    expect(features.conv1_1).toBeLessThan(0.4);
    // conv5_1 has four positions in so small a picture, too few to fit a map to.
    const { conv5_1: _, ...others } = features;
    for (const error of Object.values(others)) expect(error).toBeLessThan(1);
  });

  it("has the gradient of central differences with respect to every kind of parameter", async () => {
    const { runtime, teacher, layout, material } = classroom;
    const { units, parameters } = beginning;
    const lesson = await compileLesson(runtime, teacher, layout, BATCH, {
      pooling: "average",
      emphasis: CURRICULUM.emphasis,
      units,
      withGradient: true,
    });
    const pictures = cutBatch(material, BATCH, 0, randomFor(2, 0));
    const { gradient } = await lesson.run(pictures, parameters);
    for (const name of [
      "conv1_1.kernel",
      "conv2_1.bias",
      "conv3_1.kernel",
      "conv4_1.map",
      "conv2_1.constant",
    ]) {
      const part = layout.find((one) => one.name === name);
      if (part === undefined) throw new Error(`There is no ${name}`);
      // Along the gradient itself, so that the difference is well above rounding.
      const own = gradient.slice(part.start, part.end);
      const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
      const width = 2e-3;
      const lossAt = async (step: number) => {
        const moved = parameters.slice();
        for (const [index, value] of own.entries()) moved[part.start + index] += (step * value) / length;
        return (await lesson.run(pictures, moved)).loss;
      };
      const slope = ((await lossAt(width)) - (await lossAt(-width))) / (2 * width);
      expect(slope / length, name).toBeCloseTo(1, 1);
    }
    await lesson.release();
  });

  it("lowers the error, in fifty steps on a few pictures", async () => {
    const { rehearsals: _, ...alone } = CURRICULUM;
    const losses: number[] = [];
    for await (const { result } of teach(classroom, alone, beginning)) losses.push(result.loss);
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(losses.slice(-10))).toBeLessThan(0.75 * mean(losses.slice(0, 10)));
  });

  it("goes on from a checkpoint to the very numbers of a run that was not interrupted", async () => {
    const checkpoints = join(folder, "checkpoints");
    const curriculum = { ...CURRICULUM, steps: 20, rehearsals: { every: 8, keptAfter: [1, 2], share: 0.4 } };
    let whole = beginning;
    for await (const step of teach(classroom, curriculum, beginning)) {
      if (step.step === 12) await writeCheckpoint(checkpoints, "a course", step.progress());
      if (step.step === 20) whole = step.progress();
    }
    const resumed = await readCheckpoint(checkpoints, "a course");
    if (resumed === undefined) throw new Error("There is no checkpoint");
    expect(resumed.step).toBe(12);
    expect(resumed.scenes).toHaveLength(2);
    const end = await teachUntil(curriculum, resumed, 20);
    expect(whole.scenes).toHaveLength(3);
    expect(end.parameters).toEqual(whole.parameters);
    expect(end.scenes).toEqual(whole.scenes);
  });

  it("keeps no scenes that another course left behind", async () => {
    const folderOfAnother = join(folder, "another");
    const early = await teachUntil(CURRICULUM, beginning, 1);
    expect(early.scenes.length).toBeGreaterThan(0);
    await writeCheckpoint(folderOfAnother, "one", early);
    await rm(join(folderOfAnother, "state.safetensors"));
    const other = early.scenes.map(({ painting, pictures }) => ({
      painting: pictures[0] ?? painting,
      pictures: [painting],
    }));
    await writeCheckpoint(folderOfAnother, "other", { ...early, scenes: other });
    expect((await readCheckpoint(folderOfAnother, "other"))?.scenes).toEqual(other);
  });

  it("goes through stretches, and resumes where one ends", async () => {
    const first = { ...CURRICULUM, steps: 6, rehearsals: { every: 4, keptAfter: [1], share: 0.5 } };
    const second = { ...first, after: 6, steps: 6, peakRate: 1e-3, lastRate: 5e-4 };
    const through = async (from: Progress, ...stretches: Curriculum[]): Promise<Progress> => {
      let progress = from;
      for (const stretch of stretches) {
        for await (const step of teach(classroom, stretch, progress)) {
          if (step.step === stretch.after + stretch.steps) progress = step.progress();
        }
      }
      return progress;
    };
    const half = await through(beginning, first);
    const between = join(folder, "between");
    await writeCheckpoint(between, "two stretches", half);
    const whole = await through(half, second);
    expect(whole.step).toBe(12);
    expect(whole.moments.steps).toBe(6);
    expect(whole.scenes).toHaveLength(3);
    await expect(readCheckpoint(between, "three stretches")).rejects.toThrow("another course");
    const resumed = await readCheckpoint(between, "two stretches");
    if (resumed === undefined) throw new Error("There is no checkpoint");
    expect(await through(resumed, second)).toEqual(whole);
  });

  it("goes on from an exported network as it was: the same features, the same heads", async () => {
    const { teacher, layout, material, means } = classroom;
    const batches = beginningBatches(material);
    const exported = parseSafetensors(
      exportStudent(layout, beginning.parameters, beginning.units, means, {}),
    );
    const taken = await beginFromNetwork(unkept, teacher, layout, exported, BATCH, batches);
    const again = parseSafetensors(exportStudent(layout, taken.parameters, taken.units, means, {}));
    const productOf = ({ tensors }: Safetensors, name: string) => {
      const { shape = [], data = [] } = tensors.get(name) ?? {};
      const root = Matrix.from1DArray(shape[0] ?? 0, shape[1] ?? 0, data);
      return root.transpose().mmul(root);
    };
    // The normalised heads depend on the rotation, and the maps at the beginning are least-squares maps, which it finds.
    for (const name of ["conv4_1.raw", "conv1_1.normalized", "conv2_1.normalized", "conv3_1.normalized"]) {
      const wanted = productOf(exported, name);
      expect(Matrix.sub(productOf(again, name), wanted).norm(), name).toBeLessThan(0.01 * wanted.norm());
    }
    const [before, after] = [await marksOf(beginning), await marksOf({ ...beginning, ...taken })];
    for (const layer of ["conv1_1", "conv2_1", "conv3_1"])
      expect(after.features[layer]).toBeCloseTo(before.features[layer] ?? Number.NaN, 2);
    await expect(
      beginFromNetwork(unkept, teacher, layoutOf(evenWidths(DIVISOR / 2)), exported, BATCH, batches),
    ).rejects.toThrow("has no conv1_1.kernel of 216 values: it is no student");
  });

  it("widens a student: its channels stay as they were, and more of the teacher is explained", async () => {
    const { runtime, teacher, layout, material } = classroom;
    const batches = beginningBatches(material);
    const own = STUDENT_LAYERS.map(evenWidths(DIVISOR));
    const wider = layoutOf(listedWidths(own.map((width, index) => width + (index % 2 === 1 ? 4 : 0))));
    const widened = await beginFromTeacher(unkept, teacher, wider, BATCH, batches, {
      layout,
      parameters: beginning.parameters,
    });
    const kernelOf = (parts: typeof layout, { parameters }: { parameters: Float32Array }, layer: Layer) => {
      const { shape, start, end } = partOf(parts, kernelName(layer));
      const [channels = 0, inputs = 0] = shape;
      const values = parameters.slice(start, end);
      return (channel: number, input: number) =>
        channel < channels && input < inputs
          ? [...values.slice((channel * inputs + input) * 9, (channel * inputs + input + 1) * 9)]
          : [];
    };
    const [narrow, wide2_2] = [kernelOf(layout, beginning, "conv2_2"), kernelOf(wider, widened, "conv2_2")];
    const kept = evenWidths(DIVISOR)("conv2_2");
    for (let channel = 0; channel < kept; channel++) expect(wide2_2(channel, 3)).toEqual(narrow(channel, 3));
    for (let channel = kept; channel < kept + 4; channel++)
      expect(wide2_2(channel, 3).some((value) => value !== 0)).toBe(true);
    const [former, kernel] = [kernelOf(layout, beginning, "conv3_1"), kernelOf(wider, widened, "conv3_1")];
    const [lastInput, lastChannel] = [evenWidths(DIVISOR)("conv2_2") - 1, evenWidths(DIVISOR)("conv3_1") - 1];
    expect(kernel(lastChannel, lastInput)).toEqual(former(lastChannel, lastInput));
    expect(kernel(lastChannel, lastInput + 1)).toEqual(new Array(9).fill(0));
    const heldOut = (parts: typeof layout, { parameters, units }: Beginning) =>
      examine(runtime, teacher, parts, parameters, units, material.heldOut, "max");
    const [old, wide] = [await heldOut(layout, beginning), await heldOut(wider, widened)];
    for (const layer of ["conv1_2", "conv2_2", "conv3_4"])
      expect(wide.features[layer], layer).toBeLessThan(old.features[layer] ?? 0);
    await expect(
      beginFromTeacher(unkept, teacher, layout, BATCH, batches, {
        layout: wider,
        parameters: widened.parameters,
      }),
    ).rejects.toThrow("it cannot become narrower");
  });

  it("reads a student's widths from its file, and refuses what are none", () => {
    const { layout, means } = classroom;
    const exported = exportStudent(layout, beginning.parameters, beginning.units, means, {});
    expect(STUDENT_LAYERS.map(studentWidths(parseSafetensors(exported)))).toEqual(
      STUDENT_LAYERS.map(evenWidths(DIVISOR)),
    );
    for (const widths of [[16, 16], STUDENT_LAYERS.map(() => 64), STUDENT_LAYERS.map(() => 1.5)])
      expect(() => listedWidths(widths)).toThrow("Expected 13 whole numbers of channels");
    const none = { tensors: new Map(), metadata: {} };
    expect(() => studentWidths(none)).toThrow("is no student: it has no conv1_1.bias");
  });

  it("shortens gradients that are too long, and no others", async () => {
    /** The first gradient's length before and after; the mean after one step is (1 − β₁) of it. */
    const lengths = async (longestGradient: number) => {
      const { rehearsals: _, ...alone } = CURRICULUM;
      for await (const step of teach(classroom, { ...alone, longestGradient }, beginning)) {
        const { first } = step.progress().moments;
        const mean = Math.sqrt(first.reduce((sum, value) => sum + value * value, 0));
        return { before: step.gradientLength, after: 10 * mean };
      }
      throw new Error("There was no step");
    };
    const { before, after } = await lengths(Number.POSITIVE_INFINITY);
    expect(after / before).toBeCloseTo(1, 4);
    const shortened = await lengths(before / 10);
    expect(shortened.before).toBeCloseTo(before, 6);
    expect(shortened.after / before).toBeCloseTo(0.1, 4);
  });

  it("raises its rate over the warm-up and lowers it to nothing", () => {
    const curriculum = { ...CURRICULUM, peakRate: 2e-3 };
    expect(rateAt(0, curriculum)).toBeCloseTo(2e-4, 6);
    expect(rateAt(9, curriculum)).toBeCloseTo(2e-3, 6);
    expect(rateAt(30, curriculum)).toBeCloseTo(1e-3, 6);
    expect(rateAt(50, curriculum)).toBeCloseTo(0, 6);
  });

  it("sets pictures aside that no batch is cut from", () => {
    const { photographs, artworks, heldOut } = classroom.material;
    expect([photographs.length, artworks.length, heldOut.length]).toEqual([4, 2, 2]);
    const taught = new Set([...photographs, ...artworks].map(({ bytes }) => bytes.join()));
    expect(heldOut.every(({ bytes }) => !taught.has(bytes.join()))).toBe(true);
  });
});
