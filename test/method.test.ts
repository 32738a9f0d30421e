/**
 * The method on one page does what the preset `gatys` does, and runs as its own first lines and the README say.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine, readPicture, resize, stylize } from "impasto";
import { afterAll, describe, expect, test } from "vitest";
import { transfer } from "../examples/method.ts";
import { colours } from "./narrow-engine.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(join(root, "examples", "method.ts"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "impasto-method-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * The losses of the first evaluations from noise, by the page and by the preset. The picture is small: each feature that is
 * almost 0 is a bend in the loss, and where the last digits of two gradients decide on which side it is, L-BFGS goes two ways.
 */
async function losses(network: string, evaluations: number) {
  const [width, height] = [32, 21];
  const file = (name: string) => readPicture(join(root, "examples", name));
  const pictures = [await file("cat.png"), await file("starry_night.jpg")];
  const [content, picture] = pictures.map((one) => resize(one, width, height));
  const initial = colours(width, height, 1);
  const engine = await openEngine({ device: "cpu", network });

  const page: number[] = [];
  const pageSteps = transfer([content, picture], initial.rgb, engine, 1e-3, evaluations);
  for await (const { loss } of pageSteps) page.push(loss);
  const preset: number[] = [];
  const options = { preset: "gatys", size: width, iterations: evaluations, init: "a picture" } as const;
  const steps = stylize({ content, styles: [{ picture, weight: 1 }], initial, options }, engine);
  for await (const { loss } of steps) preset.push(loss.total);
  // The page tells the loss of every trial, the preset that of the last it accepted.
  return { page: page.map((_, index) => Math.min(...page.slice(0, index + 1))), preset };
}

async function expectEqualLosses(network: string, evaluations: number): Promise<void> {
  const { page, preset } = await losses(network, evaluations);
  expect([page.length, preset.length]).toEqual([evaluations, evaluations]);
  for (const [index, loss] of page.entries()) {
    expect(Math.abs(loss / preset[index] - 1), `evaluation ${index + 1}`).toBeLessThan(1e-5);
  }
}

describe("The method on one page", () => {
  test("has the losses of the preset gatys, ten evaluations from noise", () =>
    expectEqualLosses("built-in", 10));

  test.skipIf(process.env.IMPASTO_WEIGHTS === undefined)(
    "has them with VGG-19 as well, whose ways part after three (needs IMPASTO_WEIGHTS)",
    () => expectEqualLosses("vgg19", 3),
  );

  test("is a page: 120 lines at most", () => {
    expect(page.split("\n").length - 1).toBeLessThanOrEqual(120);
  });

  test("runs as its own first lines and the README say", { timeout: 120_000 }, async () => {
    const LINE = /npx tsx (examples\/method\.ts .+) (\S+\.png)/;
    const [line, command = "", output = ""] = LINE.exec(page) ?? [];
    expect(LINE.exec(readFileSync(join(root, "README.md"), "utf8"))?.[0]).toBe(line);
    const { IMPASTO_WEIGHTS: _, ...env } = process.env;
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", ...command.split(" "), join(folder, output), "32"],
      { cwd: root, encoding: "utf8", env: { ...env, IMPASTO_CACHE: folder } },
    );
    expect(status, stderr).toBe(0);
    expect(await readPicture(join(folder, output))).toMatchObject({ width: 32, height: 21 });
  });
});
