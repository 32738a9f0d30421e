/** The page's state against a studio that answers at once: what is asked of it, and when. */
import { describe, expect, test } from "vitest";
import { runRequest } from "../../engine.ts";
import { withStyleAdded } from "./draft.ts";
import { idOf, openBench, runOf, settled } from "./test-bench.ts";

const file = (name: string) => ({ name, blob: new Blob([name]) });
const CAT = idOf("cat.png");
const STARRY = idOf("starry.jpg");

describe("At the first start", () => {
  test("an example photograph and painting are there, and can be painted at once", async () => {
    const { page, of } = await openBench();
    await page.painting.paint();
    expect(of("begin")).toEqual([
      { content: CAT, styles: [{ id: STARRY, weight: 1 }], options: { size: 512 } },
    ]);
    expect(runRequest.safeParse(of("begin")[0]).success).toBe(true);
  });

  test("after a reload what was chosen is there, the undone included", async () => {
    const first = await openBench();
    first.page.choose("strength", 0.9);
    first.page.choose("color", "keep");
    first.page.undo();
    const second = await openBench({ memory: first.memory.text ?? "" });
    expect(second.page.drafts.now.value.options).toEqual({ strength: 0.9 });
    expect(second.of("addPicture")).toEqual([]);
  });

  test("a run that goes on at the server is found again, with its pictures and options", async () => {
    const request = { content: CAT, styles: [{ id: STARRY, weight: 1 }], options: { strength: 0.3 } };
    const { page } = await openBench({ runs: [runOf("r1", request)] });
    expect(page.runs.current.value?.id).toBe("r1");
    expect(page.drafts.now.value.options.strength).toBe(0.3);
    expect(page.drafts.now.value.photograph?.id).toBe(CAT);
  });
});

describe("While a picture is painted", () => {
  test("fifty steps of a slider in quick succession are one steer", async () => {
    const { page, clock, of } = await openBench();
    await page.painting.paint();
    for (let step = 1; step <= 50; step++) {
      page.choose("strength", 0.5 + step / 200);
      await clock.pass(20);
    }
    await clock.pass(1000);
    expect(of("steer")).toEqual([{ strength: 0.75 }]);
    expect(page.painting.change.value).toBeUndefined();
  });

  test("another stroke size stops it and begins anew from the picture as it is, with the sizes ahead of it", async () => {
    const { page, clock, of } = await openBench();
    await page.painting.paint();
    page.choose("styleScale", 2);
    await clock.pass(1000);
    expect(of("stop")).toEqual(["r1"]);
    expect(of("begin")[1]).toMatchObject({
      initial: idOf("r1-0.png"),
      options: { styleScale: 2, size: 512, scales: 1 },
    });
    expect(page.runs.current.value?.id).toBe("r2");
  });

  test("another size waits for a word, and can be put back", async () => {
    const { page, clock, of } = await openBench();
    await page.painting.paint();
    page.choose("size", 1024);
    page.choose("strength", 0.7);
    await clock.pass(1000);
    expect(of("stop")).toEqual([]);
    expect(of("steer")).toEqual([{ strength: 0.7 }]);
    expect(page.painting.change.value?.restart).toEqual(["size"]);
    page.painting.putBack();
    expect(page.painting.change.value).toBeUndefined();
    expect(page.drafts.now.value.options).toEqual({ strength: 0.7 });
  });

  test("a mask counts when the brush is put away, and each stroke is undone by itself", async () => {
    const { page, clock, of } = await openBench();
    await page.painting.paint();
    page.brush.take("keep");
    for (const x of [0.2, 0.4, 0.6]) {
      page.brush.begin({ x, y: 0.5 });
      page.brush.goOn([{ x: x + 0.1, y: 0.5 }]);
      page.brush.finish();
    }
    page.undo();
    await clock.pass(1000);
    expect(page.drafts.now.value.keep).toHaveLength(2);
    expect(of("stop")).toEqual([]);
    page.brush.putAway();
    await clock.pass(1000);
    expect(of("begin")[1]).toMatchObject({ keep: idOf("mask.png") });
  });

  test("two paintings steer as a blend", async () => {
    const { page, clock, of } = await openBench();
    await page.intake.take([file("waves.png")], "painting");
    await page.painting.paint();
    page.drafts.edit("", (draft) => ({
      ...draft,
      styles: draft.styles.map((one, i) => ({ ...one, weight: i })),
    }));
    await clock.pass(1000);
    expect(of("steer")).toEqual([{ blend: [0, 1] }]);
  });

  test("larger goes on at the next size from the picture, in one step", async () => {
    const { page, of, change, run } = await openBench();
    await page.painting.paint();
    await page.painting.keep();
    change(run().id, { status: "finished" });
    await page.painting.larger();
    expect(of("begin")[1]).toMatchObject({ initial: idOf("r1-0.png"), options: { size: 768, scales: 1 } });
  });

  test("variants are one group, and choosing one takes its options", async () => {
    const { page, of } = await openBench();
    await page.painting.variants({ strengths: [0.2, 0.8], apart: false, size: 256 });
    const requests = of("begin").map((one) => runRequest.parse(one));
    expect(requests.map(({ options }) => [options.strength, options.size])).toEqual([
      [0.2, 256],
      [0.8, 256],
    ]);
    expect(new Set(requests.map(({ group }) => group)).size).toBe(1);
    expect(page.runs.asGrid.value).toBe(true);
    const second = page.runs.group.value[1];
    if (second !== undefined) await page.painting.useSettings(second);
    expect(page.drafts.now.value.options.strength).toBe(0.8);
  });
});

describe("Files", () => {
  test("a text and an empty file are answered with a sentence each", async () => {
    const { page } = await openBench();
    await page.intake.take([file("notes.txt"), { name: "nothing.png", blob: new Blob([]) }], "photograph");
    expect(page.notices.shown.value.map(({ text }) => text)).toEqual([
      "notes.txt is no picture.",
      "nothing.png is empty.",
    ]);
    expect(page.drafts.now.value.photograph?.name).toBe("cat.png");
  });

  test("a picture with a recipe offers it with what would change; restored, it can be undone", async () => {
    const recipe = {
      options: { strength: 0.2, size: 300, device: "cpu", network: "/etc/passwd", memory: 5 },
      content: { name: "cat.png", checksum: CAT },
      styles: [{ name: "starry.jpg", checksum: STARRY, weight: 1 }],
    };
    const { page } = await openBench({ recipe });
    await page.intake.take([file("impasto.png")], "photograph");
    const offer = page.intake.offer.value;
    expect(offer?.recipe.options).toEqual({ strength: 0.2, size: 300 });
    expect(offer?.recipe.differences.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["size", "strength", "contentWeight"]),
    );
    if (offer !== undefined) await page.intake.restore(offer);
    expect(page.drafts.now.value.options).toEqual({ strength: 0.2, size: 300 });
    page.undo();
    expect(page.drafts.now.value.options).toEqual({});
  });

  test("a file of weights is handed over as such", async () => {
    const { page, of } = await openBench();
    await page.intake.take([file("vgg19.safetensors")], "photograph");
    expect(of("addWeights")).toEqual(["vgg19.safetensors"]);
  });
});

describe("The rest", () => {
  test("while another tab steers nothing is begun; taking over lets it", async () => {
    const { page, of } = await openBench({ steering: "another" });
    expect(page.readOnly.value).toBe(true);
    await page.takeOver();
    expect(page.readOnly.value).toBe(false);
    await page.painting.paint();
    expect(of("begin")).toHaveLength(1);
  });

  test("a version that is deleted comes back with undo", async () => {
    const { page, of } = await openBench();
    await page.painting.paint();
    await page.painting.keep();
    const run = page.runs.current.value;
    const version = run?.versions[0];
    if (run !== undefined && version !== undefined) await page.versions.remove(run, version);
    page.undo();
    await settled();
    expect(of("remove")).toEqual([true, false]);
  });

  test("saving a picture on its way keeps a version first, and saves that one's file", async () => {
    const { page, saved } = await openBench();
    await page.painting.paint();
    await page.save();
    expect(saved).toEqual(["r1-0.png"]);
  });

  test("the estimate is asked for once the hand rests", async () => {
    const { page, clock, asked } = await openBench();
    const before = asked.length;
    for (const size of [300, 400, 500, 600]) {
      page.choose("size", size);
      await clock.pass(50);
    }
    await clock.pass(1000);
    expect(asked.slice(before)).toMatchObject([{ name: "estimate", said: { options: { size: 600 } } }]);
  });

  test("an answer that an event has overtaken is not believed", async () => {
    const { page, say, run } = await openBench();
    await page.painting.paint();
    const older = run();
    say({ kind: "run", run: { ...older, revision: 5, preview: 3 } });
    say({ kind: "run", run: { ...older, revision: 4, preview: 2 } });
    expect(page.runs.current.value?.preview).toBe(3);
  });

  test("a photograph or a painting that is missing is asked for", async () => {
    const { page, of } = await openBench();
    page.drafts.edit("", (draft) => ({ ...draft, styles: [] }));
    await page.painting.paint();
    expect(of("begin")).toEqual([]);
    expect(page.notices.shown.value[0]?.text).toBe("Choose a painting first.");
    const many = Array.from({ length: 20 }, () => ({ id: STARRY, name: "s", width: 1, height: 1 }));
    expect(many.reduce(withStyleAdded, page.drafts.now.value).styles).toHaveLength(16);
  });
});
