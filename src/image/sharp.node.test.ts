import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.doUnmock("sharp");
  vi.resetModules();
});

describe("loadSharp", () => {
  it.each([
    [
      "there is no memory for it",
      "libvips.so: failed to map segment from shared object",
      /too little memory/,
    ],
    ["it is not for this machine", "libvips.so: invalid ELF header", /install impasto again/],
  ])("says so in one sentence where %s", async (_, reason, said) => {
    vi.resetModules();
    vi.doMock("sharp", () => {
      throw new Error(reason);
    });
    const { loadSharp } = await import("./sharp.node.ts");
    await expect(loadSharp()).rejects.toThrow(said);
  });
});
