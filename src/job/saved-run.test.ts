import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ImpastoError, MisuseError } from "../errors.ts";
import { blobSource } from "../network/byte-source.ts";
import { LAYERS } from "../network/layers.ts";
import { writeSafetensors } from "../network/safetensors.ts";
import type { OptimizerState } from "../optimizer/create.ts";
import type { RunState } from "../transfer/run-state.ts";
import { type Job, jobOf } from "./recipe.ts";
import { loadRun, readRun, savedParts, saveRun } from "./saved-run.ts";

const input = { name: "photo “1” \n.png", checksum: "0f" };
const job: Job = jobOf(
  { content: input, styles: [{ ...input, weight: 0.1 }], initial: input },
  { preset: "impasto", memory: "4GB" },
  { width: 40, height: 30 },
  { network: { name: "narrow", checksum: "narrow" }, runtime: { device: "cpu", threads: 1 } },
);

const count = fc.nat(1000);
/** Any number there is: NaN, both infinities and both zeros among them. */
const number = fc.double();
const floats = (length: number) =>
  fc.float32Array({ minLength: length, maxLength: length }).map((values) => Float32Array.from(values));
const doubles = fc.float64Array({ maxLength: 9 }).map((values) => Float64Array.from(values));
const loss = fc.record({
  total: number,
  terms: fc.dictionary(
    fc.constantFrom("content.conv4_2", "style.conv1_1", "smoothness", "number", "tensor"),
    number,
  ),
});
const history = fc.record({
  banks: fc.array(fc.nat(8).chain(floats), { maxLength: 3 }),
  order: fc.array(count, { maxLength: 4 }),
  pending: fc.boolean(),
  sy: doubles,
  yy: doubles,
  products: doubles,
});
const layers = fc
  .dictionary(fc.constantFrom(...LAYERS), fc.double({ min: 0, max: 1e6, noNaN: true }))
  .map((some) => ({ ...some, conv1_1: 1 }));

/** A place that a state may have, or not. */
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

function optimizers(variables: number): fc.Arbitrary<OptimizerState> {
  const array = floats(variables);
  const points = { point: array, accepted: array };
  return fc.oneof(
    fc.record({ kind: fc.constant("adam" as const), ...points, first: array, second: array, steps: count }),
    fc.record({
      kind: fc.constant("pytorch-lbfgs" as const),
      ...points,
      previous: array,
      step: array,
      history,
      begun: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("safeguarded-lbfgs" as const),
      ...points,
      gradient: array,
      direction: array,
      history,
      loss: number,
      slope: number,
      lowest: number,
      searching: fc.boolean(),
      stalled: fc.boolean(),
      step: number,
      trials: count,
      reach: number,
      gamma: number,
    }),
  );
}

const seconds = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const side = fc.integer({ min: 1, max: 3 });
const plans = fc.array(
  fc.record({
    width: side,
    height: side,
    iterations: fc.integer({ min: 1, max: 9 }),
    mostPixels: optional(fc.integer({ min: 1 })),
    history: optional(fc.integer({ min: 1, max: 9 })),
  }),
  { minLength: 1, maxLength: 3 },
);
const states: fc.Arbitrary<RunState> = plans.chain((plan) =>
  fc.nat(plan.length - 1).chain((scale) => {
    const { width, height, iterations } = plan[scale];
    const variables = 3 * width * height;
    return fc.record({
      work: fc.string(),
      plan: fc.constant(plan),
      scale: fc.constant(scale),
      evaluation: fc.nat(iterations),
      evaluationsBefore: count,
      optimizer: optimizers(variables),
      loss,
      best: optional(fc.record({ variables: floats(variables), loss })),
      steering: optional(fc.record({ strength: optional(fc.constant(0.3)), styleLayers: optional(layers) })),
      seconds,
      secondsHere: seconds,
    });
  }),
);

describe("A saved run", () => {
  test("is what it was, whatever its numbers", () => {
    fc.assert(
      fc.property(states, (state) => {
        const bytes = saveRun({ job, state });
        const loaded = loadRun(bytes);
        expect(loaded).toEqual({ job, state });
        expect(Buffer.from(saveRun(loaded)).equals(bytes)).toBe(true);
      }),
    );
  });

  test("is the same bytes in whatever order its properties came", () => {
    const { seconds, loss, optimizer, ...rest } = adam;
    const state = { seconds, optimizer, loss, ...rest };
    expect(Object.keys(state)).not.toEqual(Object.keys(adam));
    const [one, other] = [adam, state].map((state) => saveRun({ job, state }));
    expect(Buffer.from(other).equals(one)).toBe(true);
  });

  test("is read a part at a time to the same run, with the files and the note that were saved with it", async () => {
    const bytes = fc.uint8Array({ maxLength: 20 }).map((some) => Uint8Array.from(some));
    const files = fc.dictionary(fc.constantFrom("0a", "1b", "state"), bytes, { minKeys: 1 });
    await fc.assert(
      fc.asyncProperty(states, files, fc.string(), async (state, files, note) => {
        const saved = { job, state, files, note };
        const whole = saveRun(saved);
        expect(Buffer.concat(savedParts(saved)).equals(whole)).toBe(true);
        expect(loadRun(whole)).toEqual(saved);
        const blob = new Blob([Buffer.from(whole)]);
        expect(await readRun(blobSource(blob, "cat.run"))).toEqual(saved);
        const short = { ...blobSource(blob.slice(0, -1), "cat.run"), size: blob.size };
        await expect(readRun(short)).rejects.toThrow(ImpastoError);
      }),
      { numRuns: 30 },
    );
  });

  test("has its job's layers in the order in which the recipe has them", () => {
    const styleLayers = { conv4_1: 1, conv1_1: 2 };
    const { options } = loadRun(
      saveRun({ job: { ...job, options: { ...job.options, styleLayers } }, state: adam }),
    ).job;
    expect(Object.keys(options.styleLayers ?? {})).toEqual(["conv4_1", "conv1_1"]);
  });

  test("shares no memory with its bytes", () => {
    const bytes = saveRun({ job, state: adam });
    const { optimizer } = loadRun(bytes).state;
    bytes.fill(0);
    expect(optimizer).toEqual(adam.optimizer);
  });
});

const adam: RunState = {
  work: "some",
  plan: [{ width: 2, height: 1, iterations: 4 }],
  scale: 0,
  evaluation: 3,
  evaluationsBefore: 0,
  optimizer: {
    kind: "adam",
    point: Float32Array.of(1, 2, 3, 4, 5, 6),
    accepted: Float32Array.of(0, 1, 2, 3, 4, 5),
    first: new Float32Array(6),
    second: new Float32Array(6),
    steps: 3,
  },
  loss: { total: Number.NaN, terms: { smoothness: 1 } },
  best: { variables: new Float32Array(6), loss: { total: 1, terms: {} } },
  seconds: 1,
  secondsHere: 1,
};

/** Loads bytes, which may be taken or refused, but never fail in another way. */
function takenOrRefused(bytes: Uint8Array): void {
  try {
    loadRun(bytes);
  } catch (error) {
    if (!(error instanceof ImpastoError)) throw error;
    expect(error.message).toMatch(/^The file |^This recipe /);
  }
}

/** The metadata of a run's file, changed. */
function withMetadata(change: Readonly<Record<string, string>>): Uint8Array {
  const bytes = Buffer.from(saveRun({ job, state: adam }));
  const length = Number(bytes.readBigUInt64LE());
  const header: unknown = JSON.parse(bytes.toString("utf8", 8, 8 + length));
  if (!(header instanceof Object && "__metadata__" in header)) throw new Error("There is no metadata");
  const changed = { ...header, __metadata__: Object.assign({}, header.__metadata__, change) };
  const text = Buffer.from(JSON.stringify(changed));
  const begin = Buffer.alloc(8);
  begin.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([begin, text, bytes.subarray(8 + length)]);
}

describe("Bytes that are no saved run", () => {
  test.each([
    ["none", new Uint8Array()],
    ["those of another format", Buffer.from("\x89PNG\r\n\x1a\n and then some more of it")],
    ["tensors of another kind", writeSafetensors({ bias: { shape: [1], data: Float32Array.of(1) } })],
    ["those of another version", withMetadata({ format: "impasto run 0" })],
    ["a job that is none", withMetadata({ job: "{}" })],
    ["a job of another version", withMetadata({ job: JSON.stringify({ ...job, device: "abacus" }) })],
    ["a state that is no JSON", withMetadata({ state: '{"plan"' })],
    ["a state without an end", withMetadata({ state: `${"[".repeat(1e5)}${"]".repeat(1e5)}` })],
    ["a state without arrays", withMetadata({ state: "{}" })],
    ["a job without an end", withMetadata({ job: `${"[".repeat(1e5)}${"]".repeat(1e5)}` })],
    ["a run that is cut off", saveRun({ job, state: adam }).subarray(0, -1)],
    ["a run beyond its plan", saveRun({ job, state: { ...adam, evaluation: 5 } })],
    ["a run at a size that is not planned", saveRun({ job, state: { ...adam, scale: 1 } })],
    [
      "a run of pictures of another size",
      saveRun({ job, state: { ...adam, plan: [{ width: 3, height: 1, iterations: 4 }] } }),
    ],
    [
      "a best picture of another size",
      saveRun({ job, state: { ...adam, best: { variables: new Float32Array(5), loss: adam.loss } } }),
    ],
  ])("are refused: %s", (_, bytes) => {
    expect(() => loadRun(bytes)).toThrow(ImpastoError);
    takenOrRefused(bytes);
  });

  test.each([
    ["of another kind", writeSafetensors({}), undefined],
    ["of another version", withMetadata({ format: "impasto run 0" }), "impasto run 0"],
  ])("are told from those that are damaged: %s", (_, bytes, format) => {
    expect(() => loadRun(bytes, '"cat.run"')).toThrow(
      new MisuseError(
        `"cat.run" is not a run that this version of impasto can go on with: expected "impasto run 1" but received ${JSON.stringify(format)}.`,
      ),
    );
  });

  test("are refused or taken, but never anything else, wherever they are damaged", () => {
    const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(
        states,
        fc.array(change, { maxLength: 4 }),
        fc.constantFrom(0, 0, 0, 1, 9),
        (state, changes, missing) => {
          const bytes = saveRun({ job, state });
          for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
          takenOrRefused(bytes.subarray(0, bytes.length - missing));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
