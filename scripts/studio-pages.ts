/**
 * The pictures of docs/studio.md: the studio in Chromium, from its start to a finished picture, at three widths and in both
 * themes. `npm run docs:studio`, after `npm run build`; it takes a few minutes.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { CHROMIUM } from "../test/chromium.ts";
import { startStudio } from "../test/studio/process.ts";

const OUTPUT = fileURLToPath(new URL("../docs/studio/", import.meta.url));

const WIDTHS = { wide: [1440, 900], middle: [900, 1000], phone: [390, 844] } as const;

const THEMES = ["light", "dark"] as const;

async function main(): Promise<void> {
  if (CHROMIUM === undefined)
    throw new Error("There is no Chromium here: install Debian's package chromium.");
  const folder = await mkdtemp(join(tmpdir(), "impasto-studio-"));
  const studio = await startStudio("pictures", folder);
  const browser = await chromium.launch({ executablePath: CHROMIUM });
  try {
    await takePictures(browser, studio.address);
  } finally {
    await browser.close();
    await studio.end("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  }
}

async function takePictures(browser: Browser, address: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto(address);
  await page.locator("button.paint:enabled").waitFor();
  await everyWay(page, "start");
  await page.keyboard.press("Control+Enter");
  await titled(page, /^[4-9]\d % /);
  await everyWay(page, "painting");
  await titled(page, /^Done/);
  await page.keyboard.press("c");
  await everyWay(page, "finished");
}

const titled = (page: Page, title: RegExp): Promise<unknown> =>
  page.waitForFunction(({ source }) => new RegExp(source).test(document.title), title, { timeout: 600_000 });

/** One picture at each width in each theme. */
async function everyWay(page: Page, name: string): Promise<void> {
  for (const [width, [w, h]] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width: w, height: h });
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(600);
      const file = join(OUTPUT, `${name}-${width}-${colorScheme}.jpg`);
      await sharp(await page.screenshot())
        .jpeg({ quality: 82, mozjpeg: true })
        .toFile(file);
    }
  }
}

await main();
