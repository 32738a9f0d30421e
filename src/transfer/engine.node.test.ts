import { describe, expect, test } from "vitest";
import { openEngine } from "./engine.node.ts";

describe("By WebAssembly, an engine", () => {
  const options = { device: "wasm", threads: 1, network: "built-in" } as const;

  test("plans with what WebAssembly can address, whatever the machine has", async () => {
    expect((await openEngine({ ...options, memory: 16e9 })).memory).toBe(3.5e9);
    expect((await openEngine({ ...options, memory: 2e9 })).memory).toBe(2e9);
  });

  test("keeps a part of that from run to run, and no more", async () => {
    expect((await openEngine({ ...options, memory: 16e9, reuse: true })).memory).toBe(3.5e9 - 2.5e9 / 4);
  });
});
