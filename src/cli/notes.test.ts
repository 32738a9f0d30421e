import { describe, expect, it } from "vitest";
import { narrowEngine, narrowNetwork } from "../../test/narrow-engine.ts";
import type { Device } from "../runtime/runtime.ts";
import { parseOptions } from "../transfer/options.ts";
import { resolveSettings } from "../transfer/settings.ts";
import { settingsFrom } from "./flags.ts";
import { writeEngine, writeOptionNotes, writeStyleNotes } from "./notes.ts";

const { runtime } = await narrowEngine();
const engineOn = (device: Exclude<Device, "auto">, standsIn = false) => ({
  network: { ...narrowNetwork(), standsIn },
  runtime: { ...runtime, device },
  memory: 3e9,
  note: "the network",
});

describe("What is said of an engine", () => {
  it.each([
    ["auto", true, /^the network; for VGG-19, run `impasto weights fetch`/],
    ["auto", false, /^the network; --network built-in is faster$/],
    ["built-in", true, /^the network$/],
  ])("is its network, and what else there is where nobody chose (%s, %s)", (network, standsIn, says) => {
    const notes = writeEngine(engineOn("cpu", standsIn), parseOptions({ network }));
    expect(notes).toEqual([expect.stringMatching(says)]);
  });

  it("is, of a device with a memory of its own, that nobody knows how much it has", () => {
    const [, note] = writeEngine(engineOn("webgpu"), parseOptions({}));
    expect(note).toMatch(/^How much memory webgpu has is not known: the plan is for 3\.0 GB, .* --memory\.$/);
  });

  it("is why it computes where it does, where that may surprise", () => {
    const engine = { ...engineOn("wasm"), deviceNote: "The fast package is missing." };
    expect(writeEngine(engine, parseOptions({}))).toEqual([
      expect.stringContaining("the network"),
      "The fast package is missing.",
    ]);
  });

  it("is nothing more where the memory was named", () => {
    expect(writeEngine(engineOn("cuda"), parseOptions({ memory: "2GB" }))).toHaveLength(1);
  });
});

const notesOfOptions = (options: Parameters<typeof parseOptions>[0] & object) =>
  writeOptionNotes({ ...options }, resolveSettings(parseOptions(options)));

it.each([
  ["the photograph", { seed: 0 }],
  ["the photograph", { seed: 7, preset: "gatys", init: "content" }],
  ["a picture", { seed: 7, preset: "gatys", init: "start.png" }],
])("A seed that was given is said to change nothing where the start is %s", (start, options) => {
  expect(notesOfOptions(options)).toEqual([
    `--seed changes nothing, since the start is ${start}: --init noise starts from noise.`,
  ]);
});

it.each([[{}], [{ seed: 7, init: "noise" }], [{ seed: 7, preset: "gatys" }], [{ preset: "notebook" }]])(
  "Of a seed that was not given, or counts, nothing is said: %j",
  (options) => expect(notesOfOptions(options)).toEqual([]),
);

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
