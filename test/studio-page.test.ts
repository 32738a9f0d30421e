/**
 * The studio's page in a real browser, over an engine that plays: how it is used by hand and by keys, what axe has to say of
 * it, and where strokes end up.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM } from "./chromium.ts";
import { type OpenedStudio, openStudio } from "./studio-page/open.ts";

const WIDTHS = [1440, 900, 390] as const;

describe.skipIf(CHROMIUM === undefined)("The studio's page (needs Chromium)", () => {
  let opened: OpenedStudio;
  beforeAll(async () => {
    opened = await openStudio();
  });
  afterAll(() => opened?.close());

  /** A page where Paint can be pressed, and runs go on when they are told to. */
  async function open(width = 1440, height = 900): Promise<Page> {
    const page = await opened.open({ viewport: { width, height } });
    await page.locator("button.paint:enabled").waitFor();
    await page.evaluate("fake.play(false)");
    return page;
  }

  async function paint(page: Page, steps = 5): Promise<void> {
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    await page.evaluate("fake.play(true)");
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await page.evaluate(`fake.play(false); fake.advance(${steps})`);
  }

  const callsOf = (page: Page, name: string): Promise<readonly unknown[]> =>
    page.evaluate(`fake.calls.filter((call) => call.name === "${name}").map((call) => call.said)`);

  /** What axe finds at each width, and of the contrast in the dark as well. */
  async function faultsOf(page: Page, state: string): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const found: readonly string[] = await page.evaluate(`findFaults(${colorScheme === "dark"})`);
        faults.push(...found.map((fault) => `${state}, ${width}, ${colorScheme}: ${fault}`));
      }
    }
    return faults;
  }

  test("axe finds no fault at the start, while painting, with the brush, in a failure and in a dialog", async () => {
    const page = await open();
    const faults: string[] = [];
    faults.push(...(await faultsOf(page, "at the start")));
    await page.setViewportSize({ width: 1440, height: 900 });
    await paint(page);
    await page.evaluate("page.painting.keep()");
    await page.getByRole("heading", { name: "More" }).click();
    await page.getByRole("heading", { name: "Details" }).click();
    await page.getByRole("button", { name: /^Saved/ }).waitFor();
    faults.push(...(await faultsOf(page, "while painting")));
    await page.evaluate("page.brush.take('keep')");
    await page.evaluate("fake.say({ kind: 'steering', client: 'another' })");
    await page.getByText("Another tab steers").waitFor();
    faults.push(...(await faultsOf(page, "with the brush, while another steers")));
    await page.evaluate("fake.say({ kind: 'steering', client: 'this-page' }); page.brush.putAway()");
    await page.evaluate("fake.fail({ message: 'Too large.', lacks: 'memory', longestSide: 384 })");
    await page.getByText("Details to copy").click();
    faults.push(...(await faultsOf(page, "in a failure")));
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    faults.push(...(await faultsOf(page, "in a dialog")));
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("nothing sticks out at 320 pixels", async () => {
    const page = await open(320, 640);
    await paint(page);
    await page.evaluate("page.painting.keep()");
    for (const tab of ["Pictures", "Style", "More", "Versions"]) {
      await page.getByRole("navigation").getByRole("button", { name: tab }).click();
      const out: readonly string[] = await page.evaluate(
        `[...document.querySelectorAll("button, input, select, p, h2, summary")]
          .filter((one) => one.checkVisibility() && one.closest(".divider, .visually-hidden, [data-testid]") === null)
          .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 || one.getBoundingClientRect().left < -0.5)
          .map((one) => one.outerHTML.slice(0, 120))`,
      );
      expect(out, tab).toEqual([]);
    }
    const touched: readonly string[] = await page.evaluate(
      `[...document.querySelectorAll(".tools button, .tabs button, .actions button")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
        .map((one) => one.outerHTML.slice(0, 120))`,
    );
    expect(touched).toEqual([]);
    await page.context().close();
  });

  test("the whole way goes by keys: paint, steer, compare, stop, save, undo", async () => {
    const page = await open();
    await expect.poll(() => page.evaluate("document.activeElement.textContent")).toBe("Paint");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate("document.activeElement.textContent")).toBe("Cancel");
    await page.evaluate("fake.play(true)");
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await page.evaluate("fake.play(false)");
    expect(await page.title()).toMatch(/^\d+ % · impasto$/);
    await page.getByRole("slider", { name: "Strength" }).focus();
    for (let step = 0; step < 10; step++) await page.keyboard.press("ArrowRight");
    await expect.poll(() => callsOf(page, "steer")).toEqual([{ strength: 0.6 }]);
    await page.keyboard.press("c");
    await page.getByRole("slider", { name: "Divider" }).focus();
    await page.keyboard.press("End");
    expect(await page.evaluate("page.canvas.divider.value")).toBe(1);
    await page.keyboard.press("Escape");
    expect(await callsOf(page, "stop")).toEqual([]);
    await page.keyboard.press("Control+.");
    await page.getByText("Stopped", { exact: true }).first().waitFor();
    expect(await page.title()).toBe("Stopped · impasto");
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Control+s")]);
    expect(download.suggestedFilename()).toMatch(/^cat-starry_night-\d+\.png$/);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.keyboard.press("Control+z");
    expect(await page.evaluate("page.drafts.now.value.options.strength ?? 0.5")).toBeCloseTo(0.59);
    await page.context().close();
  });

  test("a slider that is dragged in fifty steps is one steer", async () => {
    const page = await open();
    await paint(page);
    const slider = page.getByRole("slider", { name: "Strength" });
    const box = await slider.boundingBox();
    if (box === null) throw new Error("no slider");
    const middle = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width / 2, middle);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 20, middle, { steps: 50 });
    expect(await callsOf(page, "steer")).toEqual([]);
    await page.mouse.up();
    await expect.poll(() => callsOf(page, "steer")).toHaveLength(1);
    await page.context().close();
  });

  test("strokes are where the pen was, also after zooming; each is undone by itself; the mask goes with the run", async () => {
    const page = await open();
    const canvas = page.locator(".window");
    const box = await canvas.boundingBox();
    if (box === null) throw new Error("no canvas");
    await page.mouse.move(box.x + 300, box.y + 300);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Control");
    await page.keyboard.press("b");
    const view: { x: number; y: number; scale: number } = await page.evaluate("page.canvas.view.value");
    const size: { width: number; height: number } = await page.evaluate("page.canvas.picture.value");
    expect(view.scale * size.width).toBeGreaterThan(box.width);
    /** A part of the picture on the screen. */
    const at = (x: number, y: number): [number, number] => {
      return [box.x + view.x + view.scale * size.width * x, box.y + view.y + view.scale * size.height * y];
    };
    const stroke = async (from: [number, number], to: [number, number]): Promise<void> => {
      await page.mouse.move(...at(...from));
      await page.mouse.down();
      await page.mouse.move(...at(...to), { steps: 2 });
      await page.mouse.up();
    };
    await stroke([0.3, 0.5], [0.5, 0.5]);
    for (let number = 0; number < 30; number++) await stroke([0.3, 0.3], [0.32, 0.3]);
    for (let number = 0; number < 30; number++) await page.keyboard.press("Control+z");
    expect(await page.evaluate("page.drafts.now.value.keep.length")).toBe(1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => callsOf(page, "begin")).toHaveLength(1);
    const shades: readonly number[] = await page.evaluate(`(async () => {
      const mask = fake.held.get(fake.calls.find((call) => call.name === "begin").said.keep);
      const bitmap = await createImageBitmap(mask.blob);
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const shade = (x, y) => context.getImageData(x * bitmap.width, y * bitmap.height, 1, 1).data[0];
      return [shade(0.3, 0.5), shade(0.4, 0.5), shade(0.5, 0.5), shade(0.3, 0.3), shade(0.7, 0.5), shade(0.4, 0.65)];
    })()`);
    expect(shades).toEqual([255, 255, 255, 0, 0, 0]);
    await page.context().close();
  });

  test("a dropped text is answered with a sentence, a dropped picture replaces the photograph", async () => {
    const page = await open();
    const drop = (name: string, bytes: string): Promise<unknown> =>
      page.evaluate(`(async () => {
        const data = new DataTransfer();
        const picture = (width, height) => {
          const canvas = new OffscreenCanvas(width, height);
          canvas.getContext("2d").fillRect(0, 0, 9, 9);
          return canvas.convertToBlob();
        };
        data.items.add(new File([${bytes}], "${name}"));
        dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
      })()`);
    await drop("notes.txt", "'Buy milk.'");
    await page.getByRole("alert").getByText("notes.txt is no picture that can be read").waitFor();
    await drop("mine.png", "await picture(40, 30)");
    await page.getByRole("button", { name: "mine.png" }).waitFor();
    await page.evaluate(
      "fake.carry({ options: { strength: 0.9 }, content: { name: 'a', checksum: 'a' }, styles: [{ name: 'b', checksum: 'b' }] })",
    );
    await drop("theirs.png", "await picture(44, 30)");
    await page.getByRole("button", { name: "Restore the recipe" }).click();
    await page.getByText("Not held here: a, b").waitFor();
    expect(await page.evaluate("page.drafts.now.value.options")).toEqual({ strength: 0.9 });
    await page.context().close();
  });
});
