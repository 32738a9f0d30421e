import { describe, expect, it } from "vitest";
import { narrowEngine } from "../../test/narrow-engine.ts";
import { PLAIN, request } from "../../test/transfers.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { drain, stylize } from "./stylize.ts";

const { network, runtime } = await narrowEngine();

/** A runtime that leaves out results of the given name. */
const without = (missing: string): Runtime => ({
  ...runtime,
  async compile(outputs) {
    const program = await runtime.compile(outputs);
    return {
      ...program,
      async run(inputs) {
        const results = Object.entries(await program.run(inputs));
        return Object.fromEntries(results.filter(([name]) => name !== missing));
      },
    };
  },
});

describe("An objective", () => {
  it.each([
    ["gradient", "There is no gradient of the loss"],
    ["total", "There is no total loss"],
    ["target.content.conv4_2", "target.content.conv4_2"],
  ])("has nothing in the place of a missing %s, but says so", async (missing, message) => {
    await expect(drain(stylize(request(PLAIN), { network, runtime: without(missing) }))).rejects.toThrow(
      message,
    );
  });
});
