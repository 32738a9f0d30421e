/**
 * Depth and colours of what the command writes: it runs on a picture whose colours sRGB does not have. With
 * one evaluation the result is the photograph itself, so that whatever is lost is lost in reading or writing.
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPicture } from "../src/image/decode.node.ts";
import { encodePicture } from "../src/image/encode.node.ts";
import type { Picture } from "../src/image/picture.ts";
import { jobFrom } from "../src/job/recipe.ts";
import { drain, stylize } from "../src/transfer/stylize.ts";
import { QUICK } from "./cli-folders.ts";
import { runHere } from "./cli-here.ts";
import { colours, narrowEngine } from "./narrow-engine.ts";
import { request } from "./transfers.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-colours-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const env = { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: join(root, "cache") };
const run = (args: readonly string[], cwd: string) => runHere(args, { cwd, env });
const AS_IT_IS = ["--size", "original", "--iterations", "1", ...QUICK, "--quiet"];

/** From the edge of P3 to its middle, in steps finer than 8 bits have. */
const WIDE: Picture = {
  width: 40,
  height: 32,
  rgb: Float32Array.from({ length: 3 * 40 * 32 }, (_, i) => {
    const [channel, x, y] = [Math.floor(i / 1280), i % 40, Math.floor((i % 1280) / 40)];
    const value = channel === 1 ? 65_535 - 900 * y : 37 * y + 3 * x;
    return value / 65_535;
  }),
  profile: "display-p3",
};

function folder(): string {
  const path = mkdtempSync(join(root, "run-"));
  for (const name of ["wide.png", "painting.png"]) {
    writeFileSync(join(path, name), readFileSync(join(root, name)));
  }
  return path;
}

beforeAll(async () => {
  writeFileSync(join(root, "wide.png"), await encodePicture(WIDE, "png", { depth: 16 }));
  writeFileSync(join(root, "painting.png"), await encodePicture(colours(32, 24, 2), "png"));
});

const furthest = (one: Picture, other: Picture): number =>
  one.rgb.reduce((most, value, i) => Math.max(most, Math.abs(value - (other.rgb[i] ?? 0))), 0);

describe("--profile and --depth", () => {
  it.each(["png", "tif"])(
    "keep every colour and every bit of a P3 photograph in a .%s",
    async (extension) => {
      const cwd = folder();
      const output = `out.${extension}`;
      const flags = ["--profile", "display-p3", "--depth", "16", "-o", output];
      const ended = await run(["wide.png", "painting.png", ...AS_IT_IS, ...flags], cwd);
      expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
      const picture = await readPicture(join(cwd, output), { profile: "display-p3" });
      expect(furthest(picture, WIDE) * 65_535).toBeLessThan(1);
      const { depth, icc } = await sharp(join(cwd, output)).metadata();
      expect({ depth, hasProfile: icc !== undefined }).toEqual({ depth: "ushort", hasProfile: true });
    },
  );

  it("are in the recipe, which makes the same bytes again", async () => {
    const cwd = folder();
    const small = ["--size", "32", "--iterations", "2", ...QUICK, "--quiet"];
    const flags = ["--profile", "display-p3", "--depth", "16"];
    await run(["wide.png", "painting.png", ...small, ...flags, "-o", "out.png"], cwd);
    const { stdout } = await run(["recipe", "out.png"], cwd);
    const { options } = jobFrom(JSON.parse(stdout));
    expect(options).toMatchObject({ profile: "display-p3", depth: 16 });
    await run(["again", "out.png", "-o", "again.png", "--quiet"], cwd);
    expect(readFileSync(join(cwd, "again.png")).equals(readFileSync(join(cwd, "out.png")))).toBe(true);
    const narrow = ["--profile", "srgb", "--depth", "8", "-o", "narrow.png", "--quiet"];
    expect(await run(["again", "out.png", ...narrow], cwd)).toMatchObject({ code: 0, stderr: "" });
    const { depth, icc } = await sharp(join(cwd, "narrow.png")).metadata();
    expect({ depth, icc }).toEqual({ depth: "uchar", icc: undefined });
  });

  it("are not in the recipe where nobody asked, and then the picture is sRGB with 8 bits", async () => {
    const cwd = folder();
    await run(["wide.png", "painting.png", ...AS_IT_IS, "-o", "out.png"], cwd);
    const { stdout } = await run(["recipe", "out.png"], cwd);
    expect(stdout).not.toMatch(/depth|profile/);
    const { depth, icc } = await sharp(join(cwd, "out.png")).metadata();
    expect({ depth, icc }).toEqual({ depth: "uchar", icc: undefined });
    const narrow = await readPicture(join(cwd, "wide.png"));
    expect(furthest(await readPicture(join(cwd, "out.png")), narrow) * 255).toBeLessThan(0.51);
  });

  it.each(["out.jpg", "out.webp"])(
    "cannot have 16 bits in %s, which is said before the work",
    async (output) => {
      const cwd = folder();
      const { code, stderr } = await run(["wide.png", "painting.png", "--depth", "16", "-o", output], cwd);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^impasto: A (jpeg|webp) file holds 8 bits a channel, not 16; [^\n]*\.\n$/);
      expect(readdirSync(cwd).toSorted()).toEqual(["painting.png", "wide.png"]);
    },
  );

  it.each([
    ["--depth", "12", "Expected one of 8, 16 for --depth but received 12."],
    ["--profile", "adobe", 'Expected one of srgb, display-p3 for --profile but received "adobe".'],
  ])("are refused where they are none: %s %s", async (flag, value, says) => {
    const { code, stderr } = await run(["wide.png", "painting.png", flag, value], folder());
    expect({ code, stderr }).toEqual({ code: 2, stderr: `impasto: ${says}\n` });
  });
});

describe("A transfer", () => {
  it("takes pictures of the profile that is asked for alone, and gives one of it", async () => {
    const engine = await narrowEngine();
    const options = { preset: "gatys", size: 32, iterations: 1, init: "content" } as const;
    const painting = colours(32, 24, 2);
    const both = {
      content: WIDE,
      styles: [{ picture: { ...painting, profile: "display-p3" }, weight: 1 }],
    } as const;
    const wide = { ...options, profile: "display-p3" } as const;
    const result = await drain(stylize({ ...both, options: wide }, engine), async (iterate) => {
      expect((await iterate.picture()).profile).toBe("display-p3");
    });
    expect(result.picture.profile).toBe("display-p3");
    const says = /^Expected pictures of the profile (\S+) but received one of (\S+): read all of them/;
    await expect(drain(stylize({ ...both, options }, engine))).rejects.toThrow(says);
    await expect(drain(stylize(request({ ...wide }), engine))).rejects.toThrow(says);
    await expect(
      drain(stylize({ ...both, styles: [{ picture: painting, weight: 1 }], options: wide }, engine)),
    ).rejects.toThrow(says);
  });
});
