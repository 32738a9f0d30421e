import { beforeAll, describe, expect, test } from "vitest";
import type { Iterate, Stylization } from "../../../src/transfer/iterate.ts";
import { parseOptions } from "../../../src/transfer/options.ts";
import { resolveSettings } from "../../../src/transfer/settings.ts";
import { drain, repaint } from "../../../src/transfer/stylize.ts";
import { colours, narrowEngine, narrowNetwork, type WatchedEngine } from "../../../test/narrow-engine.ts";
import { coarseToFine, type Departures } from "./coarse-to-fine.ts";
import { plateau } from "./plateau.ts";
import { pyramidVariables } from "./pyramid-variables.ts";

/** Two sizes, on a strip of a picture. */
const settings = resolveSettings(parseOptions({ size: 256, iterations: 4, scales: 2 }));
const request = {
  content: colours(256, 32, 1),
  styles: [{ picture: colours(64, 256, 2), weight: 1 }],
};

let engine: WatchedEngine;
beforeAll(async () => {
  engine = await narrowEngine();
});

async function follow(steps: AsyncGenerator<Iterate, Stylization>) {
  const iterates: (Iterate & { readonly shown: Float32Array })[] = [];
  const result = await drain(steps, (iterate) => iterates.push({ ...iterate, shown: iterate.picture().rgb }));
  return { iterates, result };
}

const depart = (departures: Departures) => follow(coarseToFine(request, settings, engine, departures));

describe("The method with places for what was tried in it", () => {
  test("comes to the product's pictures and losses where nothing is tried", async () => {
    const product = await follow(repaint(request, settings, engine));
    const { iterates, result } = await depart({});
    expect(iterates.map(({ loss }) => loss)).toEqual(product.iterates.map(({ loss }) => loss));
    expect(iterates.map(({ shown }) => shown)).toEqual(product.iterates.map(({ shown }) => shown));
    expect(result.picture).toEqual(product.result.picture);
    expect(result.loss).toEqual(product.result.loss);
    expect(result.evaluations).toBe(8);
  });

  test("shows pixels and lowers the loss whatever the variables, and releases what it compiled", async () => {
    const { iterates, result } = await depart({ variables: pyramidVariables(4) });
    const product = await follow(repaint(request, settings, engine));
    expect(iterates[0].shown).toEqual(product.iterates[0].shown);
    expect(result.loss.total).toBeLessThan(0.9 * iterates[4].loss.total);
    expect(result.picture.rgb).toEqual(iterates.at(-1)?.shown);
    expect(engine.open()).toBe(0);
  });

  test("leaves a size that has had enough, and goes on to the next", async () => {
    const { iterates } = await depart({ enough: (losses) => losses.length === 2 });
    expect(iterates.map(({ scale }) => scale)).toEqual([1, 1, 2, 2]);
    expect(engine.open()).toBe(0);
  });

  test("looks with another network at all sizes but the last", async () => {
    const other = narrowNetwork(2);
    const { result } = await depart({ coarseNetwork: other });
    const [first, last] = settings.schedule(256);
    const coarse = await drain(
      repaint(request, { ...settings, schedule: () => [first] }, { ...engine, network: other }),
    );
    const fine = await drain(
      repaint(
        { ...request, initial: coarse.picture },
        { ...settings, schedule: () => [last], init: "initial" },
        engine,
      ),
    );
    expect(result.loss).toEqual(fine.loss);
    expect(result.picture).toEqual(fine.picture);
  });
});

describe("A plateau", () => {
  const falling = (part: number) => Array.from({ length: 11 }, (_, i) => (1 - part) ** (i / 10));

  test("is where ten evaluations took less off the loss than asked for", () => {
    expect(plateau(0.01)(falling(0.009))).toBe(true);
    expect(plateau(0.01)(falling(0.011))).toBe(false);
  });

  test("is not seen before there are ten to look back on", () => {
    expect(plateau(0.01)(falling(0).slice(1))).toBe(false);
  });
});
