import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { isSrgbProfile } from "./icc.ts";

/** The profile that sharp embeds under a name. */
async function profile(name: string): Promise<Uint8Array> {
  const create = { width: 1, height: 1, channels: 3, background: "red" } as const;
  const jpeg = await sharp({ create }).withIccProfile(name).jpeg().toBuffer();
  return (await sharp(jpeg).metadata()).icc ?? new Uint8Array();
}

/** A grey profile with one curve: header, one tag, a `curv` of the given 16-bit entries. */
function greyProfile(entries: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(144 + 12 + 2 * entries.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("GRAY"), 16);
  view.setUint32(128, 1);
  bytes.set(new TextEncoder().encode("kTRC"), 132);
  view.setUint32(136, 144);
  bytes.set(new TextEncoder().encode("curv"), 144);
  view.setUint32(152, entries.length);
  for (const [i, entry] of entries.entries()) view.setUint16(156 + 2 * i, entry);
  return bytes;
}

describe("isSrgbProfile", () => {
  it("knows sRGB", async () => {
    expect(isSrgbProfile(await profile("srgb"))).toBe(true);
  });

  it("knows the sRGB of Hewlett-Packard, which most photographs carry, by its table of 1024 entries", async () => {
    const { icc } = await sharp("examples/starry_night.jpg").metadata();
    expect(isSrgbProfile(icc ?? new Uint8Array())).toBe(true);
  });

  it.each(["p3", "cmyk"])("does not take %s for sRGB", async (name) => {
    expect(isSrgbProfile(await profile(name))).toBe(false);
  });

  it("does not take a truncated or empty profile for sRGB", async () => {
    const whole = await profile("srgb");
    expect(isSrgbProfile(whole.subarray(0, 300))).toBe(false);
    expect(isSrgbProfile(whole.subarray(0, 100))).toBe(false);
    expect(isSrgbProfile(new Uint8Array())).toBe(false);
  });

  it("knows grey with sRGB's curve as a table, and not grey with a gamma of 2.2 or none", () => {
    const srgb = Array.from({ length: 1024 }, (_, i) => {
      const x = i / 1023;
      return Math.round(65_535 * (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
    });
    expect(isSrgbProfile(greyProfile(srgb))).toBe(true);
    expect(isSrgbProfile(greyProfile([Math.round(2.2 * 256)]))).toBe(false);
    expect(isSrgbProfile(greyProfile([]))).toBe(false);
  });
});
