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
import { readRecipe } from "../src/image/recipe.node.ts";
import { jobFrom } from "../src/job/recipe.ts";
import config from "../vite.static.config.ts";
import { CHROMIUM } from "./chromium.ts";
import { openStaticHost, type StaticHost } from "./static-host.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Of few evaluations, and enough of them to be steered. */
const OPTIONS = { size: 64, network: "built-in", scales: 1, iterations: 400 } as const;

describe.skipIf(CHROMIUM === undefined)(
  "The static studio in Chromium (needs Chromium)",
  { timeout: 60_000 },
  () => {
    let folder: string;
    let host: StaticHost;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    const foreign: string[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "impasto-static-"));
      const test = {
        configFile: false,
        root: join(root, "test", "studio-page"),
        logLevel: "warn",
        build: { outDir: folder, reportCompressedSize: false },
      };
      await build(mergeConfig(config, test));
      host = await openStaticHost({ "/some/where/": folder, "/examples/": join(root, "examples") });
      browser = await chromium.launch({
        ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
      });
      context = await browser.newContext();
      context.on("request", (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith("http") && url.origin !== host.origin) foreign.push(url.href);
      });
      page = await openTab();
    });
    afterAll(async () => {
      await browser?.close();
      await host?.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function openTab(): Promise<Page> {
      const tab = await context.newPage();
      tab.on("pageerror", (error) => console.error(error));
      tab.on("console", (message) => console.log(message.text()));
      await tab.goto(`${host.origin}/some/where/`);
      await tab.waitForFunction(() => crossOriginIsolated && "studio" in globalThis);
      return tab;
    }

    test("has threads where its host sets no headers, and says what it runs on", async () => {
      expect(await page.evaluate(() => studio.about())).toMatchObject({
        kind: "browser",
        machine: expect.stringMatching(/^\d+ threads? of the processor$/),
        note: expect.stringContaining("On the processor, slower"),
        size: 256,
        networks: [
          { name: "built-in", ready: true },
          { name: "vgg19", ready: false, fetch: 80_134_624 },
        ],
      });
    });

    test("paints, is steered and followed by its loss, stops, goes on larger with a region kept, and downloads a picture with its recipe", async () => {
      const [content, style] = await Promise.all(
        ["cat.png", "starry_night.jpg"].map((name) =>
          page.evaluate((file) => studio.take(`/examples/${file}`), name),
        ),
      );
      const request = { content: content.id, styles: [{ id: style.id, weight: 1 }], options: OPTIONS };
      const { id } = await page.evaluate((what) => studio.begin(what), request);
      await page.evaluate((run) => studio.evaluations(run, 5), id);
      expect(await page.evaluate((run) => studio.preview(run), id)).toBe("image/jpeg, something");
      await page.evaluate((run) => studio.steer(run, { strength: 1 }), id);
      await page.evaluate((run) => studio.evaluations(run, 30), id);
      await page.evaluate((run) => studio.stop(run), id);
      const stopped = await page.evaluate((run) => studio.ended(run), id);
      console.log(
        JSON.stringify(stopped).slice(0, 3000),
        JSON.stringify(await page.evaluate((run) => studio.losses(run), id)).slice(0, 3000),
      );
    });
  },
);
