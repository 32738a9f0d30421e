import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { curve, formula, profileBytes, xyz } from "../../test/icc-bytes.ts";
import { convertColours } from "./colour-space.ts";
import { type Profile, readProfile } from "./icc.ts";

/** The profile that sharp embeds under a name. */
async function embedded(name: string): Promise<Uint8Array> {
  const create = { width: 1, height: 1, channels: 3, background: "red" } as const;
  const jpeg = await sharp({ create }).withIccProfile(name).jpeg().toBuffer();
  return (await sharp(jpeg).metadata()).icc ?? new Uint8Array();
}

/** What a profile makes of grey. */
function shown(meaning: Profile, value: number): number {
  if (typeof meaning === "string") throw new Error(`Expected a space but received ${meaning}`);
  const rgb = Float32Array.of(value, value, value);
  convertColours(rgb, meaning);
  expect(rgb[1]).toBeCloseTo(rgb[0], 3);
  return rgb[0];
}

const toSrgb = (light: number): number => 1.055 * light ** (1 / 2.4) - 0.055;

describe("readProfile", () => {
  it("knows sRGB", async () => {
    expect(readProfile(await embedded("srgb"), 3)).toBe("sRGB");
  });

  it("knows the sRGB of Hewlett-Packard, which most photographs carry, by its table of 1024 entries", async () => {
    const { icc } = await sharp("examples/starry_night.jpg").metadata();
    expect(readProfile(icc ?? new Uint8Array(), 3)).toBe("sRGB");
  });

  it("does not take P3 for sRGB: its red is redder", async () => {
    const meaning = readProfile(await embedded("p3"), 2);
    if (typeof meaning === "string") throw new Error(meaning);
    const rgb = Float32Array.of(0.8, 0.4, 0.2);
    convertColours(rgb, meaning);
    // CSS Color 4, linear Display P3 to linear sRGB.
    const [red, green, blue] = [0.8, 0.4, 0.2].map((v) => ((v + 0.055) / 1.055) ** 2.4);
    expect(rgb[0]).toBeCloseTo(toSrgb(1.224940176 * red - 0.224940176 * green), 2);
    expect(rgb[1]).toBeCloseTo(toSrgb(1.042056955 * green - 0.042056955 * red), 2);
    expect(rgb[2]).toBeCloseTo(toSrgb(1.098273601 * blue - 0.019637555 * red - 0.078636046 * green), 2);
  });

  it("cannot use a profile of another kind of picture, or one that is cut short", async () => {
    const srgb = await embedded("srgb");
    expect(readProfile(await embedded("cmyk"), 3)).toBe("unusable");
    expect(readProfile(srgb, 1)).toBe("unusable");
    expect(readProfile(profileBytes("GRAY", { kTRC: curve([]) }), 3)).toBe("unusable");
    for (const length of [0, 100, 300, srgb.length - 20]) {
      expect(readProfile(srgb.subarray(0, length), 3)).toBe("unusable");
    }
    const whole = profileBytes("GRAY", { kTRC: curve([0, 30_000, 65_535]) });
    expect(readProfile(whole.subarray(0, -1), 1)).toBe("unusable");
  });

  it("leaves profiles that work by tables to others", () => {
    expect(readProfile(profileBytes("RGB ", { A2B0: [] }), 3)).toBe("tables");
  });

  it("knows grey with sRGB's curve as a table", () => {
    const srgb = Array.from({ length: 1024 }, (_, i) => {
      const x = i / 1023;
      return Math.round(65_535 * (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
    });
    expect(readProfile(profileBytes("GRAY", { kTRC: curve(srgb) }), 1)).toBe("sRGB");
  });

  it.each([
    ["a gamma", curve([Math.round(1.8 * 256)]), 0.5 ** 1.80078125],
    ["nothing: light itself", curve([]), 0.5],
    ["a table", curve([0, 13_107, 65_535]), 0.2],
    ["formula 0", formula(0, [2]), 0.25],
    ["formula 1", formula(1, [2, 1, 0.25]), 0.5625],
    ["formula 2", formula(2, [2, 1, 0, 0.125]), 0.375],
    ["formula 3, the power", formula(3, [2, 1, 0, 0.5, 0.5]), 0.25],
    ["formula 3, the line", formula(3, [2, 1, 0, 0.5, 0.75]), 0.25],
    ["formula 4, the power", formula(4, [2, 1, 0, 0.5, 0.25, 0.125, 0]), 0.375],
    ["formula 4, the line", formula(4, [2, 1, 0, 0.5, 0.75, 0, 0.0625]), 0.3125],
  ])("reads a curve that is %s", (_, kTRC, light) => {
    expect(shown(readProfile(profileBytes("GRAY", { kTRC }), 1), 0.5)).toBeCloseTo(toSrgb(light), 3);
  });

  it("reads grey whose curve gives lightness", () => {
    // L* = 50 is a luminance of 18.4 %.
    const meaning = readProfile(profileBytes("GRAY", { kTRC: curve([]) }, "Lab "), 1);
    expect(shown(meaning, 0.5)).toBeCloseTo(toSrgb(0.18418), 3);
  });

  it("keeps white white whatever the primaries", () => {
    const [rTRC, gTRC, bTRC] = [curve([]), curve([512]), formula(0, [3])];
    // Primaries that add up to D50.
    const primaries = { rXYZ: xyz(0.7, 0.3, 0), gXYZ: xyz(0.2, 0.65, 0.1), bXYZ: xyz(0.0642, 0.05, 0.7249) };
    const meaning = readProfile(profileBytes("RGB ", { rTRC, gTRC, bTRC, ...primaries }), 3);
    expect(shown(meaning, 1)).toBeCloseTo(1, 3);
    const dark = { rXYZ: xyz(0, 0, 0), gXYZ: xyz(0, 0, 0), bXYZ: xyz(0, 0.1, 0) };
    expect(readProfile(profileBytes("RGB ", { rTRC, gTRC, bTRC, ...dark }), 3)).toBe("unusable");
  });
});
