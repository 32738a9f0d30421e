/**
 * A studio that is killed while it paints: what was finished is whole, and what was not goes on to the same bytes.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import { readRecipe } from "../src/image/recipe.node.ts";
import type { Run } from "../src/studio/engine.ts";
import { type StudioProcess, startStudio } from "./studio/process.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-studio-kills-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const example = (name: string): string => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

async function begin(studio: StudioProcess): Promise<Run> {
  const content = await studio.addPicture(example("cat.png"));
  const style = await studio.addPicture(example("starry_night.jpg"));
  return studio.begin({
    content: content.id,
    styles: [{ id: style.id, weight: 1 }],
    options: { size: 64, scales: 1, iterations: EVALUATIONS },
  });
}

const EVALUATIONS = 60;

/** Each takes a second or two of starting. */
const KILLS = 2;

const resultOf = (folder: string, { versions }: Run): Buffer => {
  const finished = versions.find(({ why }) => why === "finished");
  return readFileSync(join(folder, finished?.file ?? "nothing"));
};

it("killed at moments that nobody chose, offers its run and resumes it to the same bytes; what was finished is whole", async () => {
  const calm = join(root, "calm");
  const struck = join(root, "struck");
  let studio = await startStudio(calm, root);
  const undisturbed = await begin(studio);
  const expected = resultOf(calm, await studio.until(undisturbed.id, ({ status }) => status === "finished"));
  await studio.end("SIGTERM");

  studio = await startStudio(struck, root);
  const { id } = await begin(studio);
  // A second one that waits is found as well.
  const waiting = await begin(studio);
  for (const kill of Array(KILLS).keys()) {
    const part = (0.9 * (kill + Math.random())) / KILLS;
    await studio.until(id, ({ progress }) => (progress?.evaluation ?? 0) >= part * EVALUATIONS);
    await studio.end("SIGKILL");
    studio = await startStudio(struck, root);
    expect(await studio.run(id)).toMatchObject({ status: "stopped", resumable: true });
    expect(await studio.run(waiting.id)).toMatchObject({ status: "stopped", resumable: true });
    await studio.resume(id);
  }
  const finished = await studio.until(id, ({ status }) => status === "finished");
  await studio.end("SIGKILL");
  expect(resultOf(struck, finished).equals(expected)).toBe(true);
  for (const name of readdirSync(struck).filter((name) => name.endsWith(".png"))) {
    const { width, height } = await readPicture(join(struck, name));
    expect(JSON.parse(await readRecipe(join(struck, name)))).toMatchObject({ size: { width, height } });
  }
}, 120_000);
