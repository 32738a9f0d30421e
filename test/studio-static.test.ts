/**
 * The static studio in Chromium, as it is built, from a host that sets no headers, under a path: from the first picture to the
 * download, between tabs, and without a network.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { build, mergeConfig } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { readPicture } from "../src/image/decode.node.ts";
import { readRecipe } from "../src/image/recipe.node.ts";
import { jobFrom } from "../src/job/recipe.ts";
import config from "../vite.static.config.ts";
import { CHROMIUM } from "./chromium.ts";
import { openStaticHost, type StaticHost } from "./static-host.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Milliseconds, where other programs compute as well. */
const PATIENCE = 240_000;

/** The most bytes of the page's own script. */
const BUDGET = 150_000;

/** What the database has of a run. */
const kept = z.object({
  run: z.object({
    status: z.string(),
    versions: z.array(z.object({ why: z.string(), evaluations: z.int() })),
  }),
  losses: z
    .object({
      points: z.array(z.object({ evaluations: z.int(), loss: z.record(z.string(), z.number()) })),
    })
    .optional(),
});

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
      const site = join(folder, "site");
      await build(mergeConfig(config, { configFile: false, logLevel: "error", build: { outDir: site } }));
      await buildProbe(join(folder, "probe"));
      host = await openStaticHost({ "/some/where/": site, "/probe/": join(folder, "probe") });
      browser = await chromium.launch(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM });
      context = await browser.newContext();
      context.setDefaultTimeout(PATIENCE / 2);
      context.on("request", (request) => {
        if (!/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(host.origin)) {
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
      await tab.waitForFunction(() => crossOriginIsolated);
      await tab.addScriptTag({ type: "module", url: "/probe/probe.js" });
      return tab;
    }

    /** Fills a field, and leaves it. */
    async function fill(field: Locator, value: string): Promise<void> {
      await field.fill(value);
      await field.blur();
    }

    const press = (tab: Page, name: string): Promise<void> =>
      tab.getByRole("button", { name, exact: true }).click();

    test("has a page of less than 150 kB, its engine and what runs that apart", async () => {
      const names = await readdir(join(folder, "site", "assets"));
      const [script = "", ...others] = names.filter((name) => /^index-.*\.js$/.test(name));
      expect(others).toEqual([]);
      const bytes = await readFile(join(folder, "site", "assets", script));
      expect(brotliCompressSync(bytes).length).toBeLessThan(BUDGET);
    });

    test("keeps bytes by their names", async () => {
      expect(await page.evaluate(() => probe.store())).toEqual({
        runs: ["runs/10/run.json", "runs/2/run.json"],
        all: ["runs/10/run.json", "runs/2/run.json", "runsome"],
        joined: [1, 2, 3],
        rewritten: [7, 8],
        empty: [],
        none: undefined,
      });
    });

    test("paints, is followed by its loss as it is steered, stops, goes on larger with a region kept, and hands out a picture whose recipe is read", async () => {
      await page.getByText("starry_night.jpg").waitFor();
      await page.getByText("More", { exact: true }).last().click();
      await fill(page.getByLabel("Scales", { exact: true }), "1");
      await fill(page.getByLabel("Iterations", { exact: true }), "400");
      await fill(page.getByRole("spinbutton"), "64");
      expect(await page.getByText(/On the processor, slower/).isVisible()).toBe(true);
      await press(page, "Paint");
      await page.getByText(/step [2-9] of 400/).waitFor();
      await page.getByLabel("Strength", { exact: true }).press("End");
      await page.getByText("Before a change").waitFor();
      await press(page, "Stop");
      await page.locator(".status-line").getByText("Stopped").waitFor();
      const [stopped] = z.array(kept).parse(await page.evaluate(() => probe.runs()));
      const before = stopped?.run.versions.find(({ why }) => why === "steered")?.evaluations ?? 0;
      const lossAt = (at: number) =>
        stopped?.losses?.points.find(({ evaluations }) => evaluations === at)?.loss;
      const [last, next] = [lossAt(before), lossAt(before + 1)];
      // At the very same picture, where the photograph counts for less.
      expect(next?.style).toBeCloseTo(last?.style ?? Number.NaN, 5);
      expect(next?.content).toBeLessThan((last?.content ?? Number.NaN) / 2);

      await fill(page.getByLabel("Iterations", { exact: true }), "2");
      await fill(page.getByRole("spinbutton"), "96");
      await press(page, "Brush: where the photograph stays");
      const canvas = await page.locator(".stage").boundingBox();
      const [x, y] = [
        (canvas?.x ?? 0) + (canvas?.width ?? 0) / 2,
        (canvas?.y ?? 0) + (canvas?.height ?? 0) / 2,
      ];
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + 40, y);
      await page.mouse.up();
      await press(page, "Done");
      await page.getByRole("button", { name: "Continue from here" }).first().click();
      await page.locator(".status-line").getByText("Finished").waitFor();
      const downloading = page.waitForEvent("download");
      await press(page, "Save");
      const file = join(folder, "made.png");
      await (await downloading).saveAs(file);
      expect(await readPicture(file)).toMatchObject({ width: 96 });
      const recipe: unknown = JSON.parse(await readRecipe(file));
      expect(jobFrom(recipe)).toMatchObject({
        content: { name: "cat.png" },
        initial: {},
        keep: {},
        device: "wasm",
        network: { name: "built-in" },
        size: { width: 96 },
      });
    });

    test("is looked at from a second tab, which may take over and has the studio once the first is closed", async () => {
      const other = await openTab();
      await other.getByText("Another tab steers.").waitFor();
      expect(await page.getByText("Another tab steers.").count()).toBe(0);
      await press(other, "Take over");
      await page.getByText("Another tab steers.").waitFor();
      await page.close();
      expect(await other.getByText("Another tab steers.").count()).toBe(0);
      await other.locator(".status-line").getByText("Finished").waitFor();
      page = other;
    });

    test("works without its host at the second visit, and has asked nobody else for anything", async () => {
      expect(new Set(host.asked.filter((path) => path.endsWith(".wasm"))).size).toBe(1);
      await page.evaluate(() => probe.kept());
      await host.close();
      await page.reload();
      await page.locator(".status-line").getByText("Finished").waitFor();
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      await press(page, "Paint");
      // Its worker, the network and ONNX Runtime are there: it paints.
      await page.waitForFunction(() => /^[1-9]\d* %/.test(document.title));
      expect(elsewhere).toEqual([]);
    });
  },
);

/** Bundles what the tests call within the page. */
async function buildProbe(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      outDir: folder,
      lib: {
        entry: join(root, "test", "studio-web", "probe.ts"),
        formats: ["es"],
        fileName: () => "probe.js",
      },
    },
  });
}
