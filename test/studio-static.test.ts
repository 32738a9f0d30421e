/**
 * The static studio in Chromium, from a host that sets no headers, under a path: everything from the first picture to the
 * download, between tabs, and without a network.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { build, mergeConfig } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import { readRecipe } from "../src/image/recipe.node.ts";
import { jobFrom } from "../src/job/recipe.ts";
import config from "../vite.static.config.ts";
import { CHROMIUM } from "./chromium.ts";
import { openStaticHost, type StaticHost } from "./static-host.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** As quick as it goes, and never at its end before it is stopped. */
const OPTIONS = { size: 64, network: "built-in", scales: 1, iterations: 400 } as const;

const PATIENCE = 120_000;

describe.skipIf(CHROMIUM === undefined)(
  "The static studio in Chromium (needs Chromium)",
  { timeout: PATIENCE },
  () => {
    let folder: string;
    let host: StaticHost;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    const elsewhere: string[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "impasto-static-"));
      await buildInto(folder);
      host = await openStaticHost({ "/some/where/": folder, "/examples/": join(root, "examples") });
      browser = await chromium.launch(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM });
      context = await browser.newContext();
      context.on("request", (request) => {
        if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(host.origin)) {
          elsewhere.push(request.url());
        }
      });
      page = await openTab();
    }, PATIENCE);
    afterAll(async () => {
      await browser?.close();
      await host?.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function openTab(): Promise<Page> {
      const tab = await context.newPage();
      tab.on("pageerror", (error) => console.error(error));
      await tab.goto(`${host.origin}/some/where/`);
      // It is loaded once more, and has threads then.
      await tab.waitForFunction(() => crossOriginIsolated && "studio" in globalThis);
      return tab;
    }

    /** The pictures that come with impasto. */
    async function takeExamples(tab: Page) {
      const content = await tab.evaluate(() => studio.take("/examples/cat.png"));
      const style = await tab.evaluate(() => studio.take("/examples/starry_night.jpg"));
      return { content: content.id, styles: [{ id: style.id, weight: 1 }] };
    }

    test("has threads where its host sets no headers, and says what it runs on", async () => {
      expect(await page.evaluate(() => studio.about())).toMatchObject({
        kind: "browser",
        software: expect.stringMatching(/^impasto \d/),
        machine: expect.stringMatching(/^\d+ threads? of the processor$/),
        note: expect.stringContaining("On the processor, slower"),
        size: 256,
        networks: [
          { name: "built-in", ready: true },
          { name: "vgg19", ready: false, fetch: 80_134_624 },
        ],
      });
      expect(await page.evaluate(() => studio.refusal("addWeights"))).toMatch(/^ImpastoError: .*some\.h5/);
    });

    test("keeps bytes by their names", async () => {
      expect(await page.evaluate(() => studio.store())).toEqual({
        runs: ["runs/10/run.json", "runs/2/run.json"],
        all: ["runs/10/run.json", "runs/2/run.json", "runsome"],
        joined: [1, 2, 3],
        rewritten: [7, 8],
        empty: [],
        none: undefined,
      });
    });

    test("paints, is followed by its loss as it is steered, stops, goes on larger with a region kept, and hands out a picture whose recipe is read", async () => {
      const pictures = await takeExamples(page);
      const { id } = await page.evaluate((request) => studio.begin(request), {
        ...pictures,
        options: OPTIONS,
      });
      await page.evaluate((run) => studio.evaluations(run, 2), id);
      expect(await page.evaluate((run) => studio.preview(run), id)).toBe("image/jpeg, something");

      const { versions } = await page.evaluate((run) => studio.steer(run, { strength: 1 }), id);
      const steered = versions.at(-1);
      expect(steered).toMatchObject({ why: "steered", width: 64 });
      const before = steered?.evaluations ?? 0;
      await page.evaluate(([run, count]) => studio.evaluations(run, count), [id, before + 1] as const);
      const stopped = await page.evaluate((run) => studio.stop(run), id);
      expect(stopped).toMatchObject({ status: "stopped", resumable: true });
      const losses = await page.evaluate((run) => studio.losses(run), id);
      const [last, next] = [before, before + 1].map((at) =>
        losses.find(({ evaluations }) => evaluations === at),
      );
      // At the very same picture, where the photograph counts for less.
      expect(next?.loss.style).toBeCloseTo(last?.loss.style ?? Number.NaN, 5);
      expect(next?.loss.content).toBeLessThan((last?.loss.content ?? Number.NaN) / 2);

      const version = stopped.versions.at(-1)?.id ?? "";
      const initial = await page.evaluate(([run, name]) => studio.fromVersion(run, name), [
        id,
        version,
      ] as const);
      const keep = await page.evaluate(() => studio.mask(451, 300));
      const larger = await page.evaluate((request) => studio.begin(request), {
        ...pictures,
        initial: initial.id,
        keep: keep.id,
        options: { ...OPTIONS, size: 96, iterations: 2 },
      });
      const finished = await page.evaluate((run) => studio.ended(run), larger.id);
      expect(finished).toMatchObject({ status: "finished", width: 96 });
      const made = finished.versions.at(-1);
      const file = join(folder, "made.png");
      const bytes = await page.evaluate(([run, name]) => studio.version(run, name), [
        larger.id,
        made?.id ?? "",
      ] as const);
      await writeFile(file, Buffer.from(bytes, "base64"));
      expect(await readPicture(file)).toMatchObject({ width: 96 });
      const recipe: unknown = JSON.parse(await readRecipe(file));
      expect(jobFrom(recipe)).toMatchObject({
        content: { name: "cat.png", checksum: pictures.content },
        keep: { checksum: keep.id },
        device: "wasm",
        size: { width: 96 },
      });
    });

    test("is looked at from a second tab, which may take over and has the studio once the first is closed", async () => {
      const other = await openTab();
      expect(await page.evaluate(() => studio.steers())).toBe(true);
      expect(await other.evaluate(() => studio.steers())).toBe(false);
      const [run] = await page.evaluate(() => studio.runs());
      expect((await other.evaluate(() => studio.runs())).map(({ id }) => id)).toContain(run?.id);
      expect(await other.evaluate((id) => studio.refusal("discard", id), run?.id)).toMatch(
        /^MisuseError: Another page steers/,
      );
      await other.evaluate(() => studio.takeOver());
      expect(await page.evaluate((id) => studio.refusal("discard", id), run?.id)).toMatch(
        /^MisuseError: Another page steers/,
      );
      const pictures = await takeExamples(other);
      const { id } = await other.evaluate((request) => studio.begin(request), {
        ...pictures,
        options: OPTIONS,
      });
      await other.evaluate((begun) => studio.evaluations(begun, 1), id);
      const interrupted = other.evaluate((begun) => studio.ended(begun), id);
      await page.close();
      expect((await interrupted).status).toBe("stopped");
      expect(await other.evaluate(() => studio.runs())).toHaveLength(3);
      page = other;
    });

    test("works without its host at the second visit, and has asked nobody else for anything", async () => {
      expect(host.asked.filter((path) => path.endsWith(".wasm"))).toHaveLength(1);
      await page.evaluate(() => studio.kept());
      await host.close();
      await page.reload();
      await page.waitForFunction(() => "studio" in globalThis);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      const [found] = await page.evaluate(() => studio.runs());
      const { id } = await page.evaluate((request) => studio.begin(request), {
        content: found?.request.content ?? "",
        styles: found?.request.styles ?? [],
        options: { ...OPTIONS, size: 32, iterations: 1 },
      });
      expect(await page.evaluate((run) => studio.ended(run), id)).toMatchObject({ status: "finished" });
      expect(elsewhere).toEqual([]);
    });
  },
);

/** Builds the studio as it is built, without its page: with what the tests call. */
async function buildInto(folder: string): Promise<void> {
  const test = {
    configFile: false,
    root: join(root, "test", "studio-web"),
    logLevel: "error",
    build: { outDir: folder, reportCompressedSize: false },
  };
  await build(mergeConfig(config, test));
}
