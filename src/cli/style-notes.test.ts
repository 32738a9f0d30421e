import { describe, expect, it } from "vitest";
import { parseOptions } from "../transfer/options.ts";
import { settingsFrom } from "./flags.ts";
import { writeStyleNotes } from "./style-notes.ts";

const grey = (width: number, height: number) => ({
  width,
  height,
  rgb: new Float32Array(3 * width * height),
});

const notes = (styleScale: number, styleSide: number, preset = "impasto") => {
  const options = parseOptions({ preset, size: 64, styleScale });
  const paintings = [{ name: "painting.jpg", picture: grey(styleSide, styleSide / 2) }];
  return writeStyleNotes(grey(64, 48), paintings, settingsFrom(options), styleScale);
};

describe("The notes on paintings", () => {
  it("say where a painting is too small for the strokes that were asked for, and how large they come out", () => {
    expect(notes(2, 96)).toEqual([
      "painting.jpg has 96×48 pixels and is not enlarged: its strokes come out 0.75 times as large as a larger file's.",
    ]);
    expect(notes(2, 32)).toEqual([expect.stringContaining("0.25 times as large")]);
    expect(notes(1, 32)).toEqual([expect.stringContaining("0.50 times as large")]);
  });

  it.each(["gatys", "notebook", "neural-style"])("say where %s enlarges a painting", (preset) => {
    expect(notes(1, 32, preset)).toEqual([
      expect.stringMatching(/^painting.jpg has 32×16 pixels and is enlarged to \d+×\d+, as this preset does/),
    ]);
  });

  it("say how large strokes come out where a painting is enlarged and still too small", () => {
    expect(notes(2, 32, "neural-style")).toEqual([
      expect.stringMatching(/is enlarged to 64×32, as this preset does: its strokes come out 0.50 times/),
    ]);
  });

  it.each(["impasto", "gatys", "neural-style"])(
    "say nothing of one that is large enough, for %s",
    (preset) => {
      expect(notes(2, 512, preset)).toEqual([]);
      expect(notes(1, 512, preset)).toEqual([]);
      expect(notes(0.5, 512, preset)).toEqual([]);
    },
  );
});
