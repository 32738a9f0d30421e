import { describe, expect, it } from "vitest";
import { parseOptions } from "../transfer/options.ts";
import { settingsFrom } from "./flags.ts";
import type { InputPicture } from "./inputs.ts";
import { writeStyleNotes } from "./style-notes.ts";

const input = (name: string, width: number, height: number): InputPicture => ({
  picture: { width, height, rgb: new Float32Array(3 * width * height) },
  facts: { name, checksum: "" },
});

const notes = (styleScale: number, styleSide: number, preset = "impasto") => {
  const options = parseOptions({ preset, size: 64, styleScale });
  const styles = [{ ...input("painting.jpg", styleSide, styleSide / 2), weight: 1 }];
  return writeStyleNotes({ content: input("photo.jpg", 64, 48), styles }, settingsFrom(options), styleScale);
};

describe("The notes on paintings", () => {
  it("say where a painting is too small for the strokes that were asked for, and how large they come out", () => {
    expect(notes(2, 96)).toEqual([
      "painting.jpg has 96×48 pixels and is not enlarged: its strokes come out 1.50 times as large, not 2.",
    ]);
    expect(notes(2, 32)).toEqual([expect.stringContaining("0.50 times as large, not 2")]);
  });

  it("say nothing of one that is large enough, or where strokes are not to be larger", () => {
    expect(notes(2, 128)).toEqual([]);
    expect(notes(1, 16)).toEqual([]);
    expect(notes(0.5, 16)).toEqual([]);
  });
});
