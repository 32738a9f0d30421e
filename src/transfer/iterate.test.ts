import { describe, expect, test } from "vitest";
import { openTransfers, PLAIN, request } from "../../test/transfers.ts";
import { MisuseError } from "../errors.ts";
import type { Picture } from "../image/picture.ts";
import type { Iterate } from "./iterate.ts";
import type { OptionsInput } from "./options.ts";
import type { RunState } from "./run-state.ts";
import { drain, stylize } from "./stylize.ts";

const { engine } = await openTransfers();

const RUNS = [
  ["L-BFGS with a line search", { ...PLAIN, iterations: 6, history: 2 }],
  ["L-BFGS in PyTorch's manner", { ...PLAIN, preset: "neural-style", iterations: 6, history: 2 }],
  ["Adam", { ...PLAIN, preset: "notebook", iterations: 6 }],
] as const satisfies readonly (readonly [string, OptionsInput])[];

describe.each(RUNS)("Of a run with %s, an iterate's", (_, options) => {
  test("pictures stay as they were while the run goes on", async () => {
    const kept: { readonly picture: Picture; readonly copy: Float32Array }[] = [];
    const result = await drain(stylize(request(options), engine), async (iterate) => {
      const [picture, again] = await Promise.all([iterate.picture(), iterate.picture()]);
      expect(again).toEqual(picture);
      expect(again.rgb).not.toBe(picture.rgb);
      kept.push({ picture, copy: picture.rgb.slice() });
    });
    for (const { picture, copy } of kept) expect(picture.rgb).toEqual(copy);
    expect(new Set(kept.map(({ copy }) => copy.join())).size).toBeGreaterThan(3);
    expect(kept.at(-1)?.copy).toEqual(result.picture.rgb);
  });

  test("states stay as they were while the run goes on", async () => {
    const kept: { readonly state: RunState; readonly copy: RunState }[] = [];
    await drain(stylize(request(options), engine), async (iterate) => {
      const state = await iterate.state();
      kept.push({ state, copy: structuredClone(state) });
    });
    for (const { state, copy } of kept) expect(state).toEqual(copy);
    expect(kept.map(({ state }) => state.evaluation)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("pictures and states are the caller's: what becomes of them changes nothing", async () => {
    const spoil = async (iterate: Iterate): Promise<void> => {
      const [picture, { optimizer, best }] = [await iterate.picture(), await iterate.state()];
      for (const { buffer } of [picture.rgb, optimizer.point, optimizer.accepted])
        new Uint8Array(buffer).fill(0);
      best?.variables.fill(0);
      if ("history" in optimizer) {
        optimizer.history.sy.fill(0);
        for (const bank of optimizer.history.banks) bank.fill(0);
      }
    };
    const untouched = await drain(stylize(request(options), engine));
    const spoilt = await drain(stylize(request(options), engine), spoil);
    expect(spoilt.picture).toEqual(untouched.picture);
    expect(spoilt.loss).toEqual(untouched.loss);
  });

  test("picture and state are refused once the run has gone on, also at its end", async () => {
    const iterates: Iterate[] = [];
    const expectGone = async ({ picture, state, evaluation }: Iterate): Promise<void> => {
      for (const [what, asked] of Object.entries({ picture: picture(), state: state() })) {
        await expect(asked).rejects.toThrow(
          new MisuseError(
            `The ${what} of evaluation ${evaluation} is gone, for the run has gone on: ask for it before the next step.`,
          ),
        );
      }
    };
    await drain(stylize(request(options), engine), async (iterate) => {
      for (const before of iterates) await expectGone(before);
      iterates.push(iterate);
    });
    for (const iterate of iterates) await expectGone(iterate);
    expect(iterates).toHaveLength(6);
  });
});

test("A picture that was asked for just before the next step is that of its own evaluation", async () => {
  const [slow, quick] = [stylize(request(), engine), stylize(request(), engine)];
  const shown: Picture[] = [];
  for await (const iterate of slow) shown.push(await iterate.picture());
  const asked: Promise<Picture>[] = [];
  for (let step = await quick.next(); !step.done; ) {
    asked.push(step.value.picture());
    step = await quick.next();
  }
  expect(await Promise.all(asked)).toEqual(shown);
});
