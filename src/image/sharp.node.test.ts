import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.doUnmock("sharp");
  vi.resetModules();
});

describe("explain", () => {
  it("tells a HEIC from what is damaged", async () => {
    const { explain } = await import("./sharp.node.ts");
    const reason =
      "source: bad seek to 544\nheif: Error while loading plugin: Support for this compression format has not been built in: HEVC";
    expect(explain(new Error(reason), "IMG_1.HEIC").message).toMatch(
      /^"IMG_1\.HEIC" is a HEIC picture, which impasto does not read where .*; save it as JPEG or PNG$/,
    );
  });
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
