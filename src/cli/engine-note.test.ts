import { describe, expect, it } from "vitest";
import { narrowEngine, narrowNetwork } from "../../test/narrow-engine.ts";
import type { Device } from "../runtime/runtime.ts";
import { parseOptions } from "../transfer/options.ts";
import { writeEngine } from "./engine-note.ts";

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

  it("is nothing more where the memory was named", () => {
    expect(writeEngine(engineOn("cuda"), parseOptions({ memory: "2GB" }))).toHaveLength(1);
  });
});
