import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readPicture } from "../../src/image/decode.node.ts";
import { openJudge } from "./judge.ts";

const fixtures = process.env.IMPASTO_FIXTURES;
const ready = fixtures !== undefined && process.env.IMPASTO_WEIGHTS !== undefined;

describe.skipIf(!ready)("The judge (needs IMPASTO_WEIGHTS and IMPASTO_FIXTURES)", () => {
  test("comes to the independent judge's figures for a peer's picture", async () => {
    const read = (name: string) => readPicture(join(fixtures ?? "", "crowsonkb", `${name}.png`));
    const judge = await openJudge();
    const score = await judge.against(await read("tubingen_256"), await read("starry_night_google_256"));
    const { content, w2, style, tv } = await score(await read("tubingen-starry_night_google"));
    // As rounded in the fixture's README.
    expect(content / 583e3).toBeCloseTo(1, 2);
    expect(w2.conv1_1).toBeCloseTo(0.001, 4);
    expect(w2.conv2_1).toBeCloseTo(0.0019, 4);
    expect(w2.conv3_1).toBeCloseTo(0.017, 4);
    expect(w2.conv4_1).toBeCloseTo(0.1353, 4);
    expect(w2.conv5_1).toBeCloseTo(0.4705, 3);
    expect(style.conv4_1 / 6.8e6).toBeCloseTo(1, 2);
    expect(tv / 3032).toBeCloseTo(1, 3);
  }, 120_000);
});
