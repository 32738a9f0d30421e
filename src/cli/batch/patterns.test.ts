import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MisuseError } from "../../errors.ts";
import { filesMatching } from "./patterns.ts";

const folder = mkdtempSync(join(tmpdir(), "impasto-patterns-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  mkdirSync(join(folder, "photos", "more"), { recursive: true });
  for (const name of ["b.jpg", "a.jpg", "c.png", "d[1].jpg", "d1.jpg", ".hidden.jpg", "more/e.jpg"]) {
    writeFileSync(join(folder, "photos", name), name);
  }
});

const stylesMatching = async (...patterns: readonly string[]): Promise<readonly string[]> => {
  const files = await filesMatching(patterns, { flag: "--style", folder, takesFolders: true });
  return files.map((file) => file.slice(join(folder, "/").length).replaceAll("\\", "/"));
};

const matching = async (...patterns: readonly string[]): Promise<readonly string[]> => {
  const files = await filesMatching(patterns, { flag: "--content", folder });
  return files.map((file) => file.slice(join(folder, "photos", "/").length).replaceAll("\\", "/"));
};

describe("Patterns", () => {
  test("match files in the order of their names, each once, and none that are hidden", async () => {
    expect(await matching("photos/*.jpg")).toEqual(["a.jpg", "b.jpg", "d1.jpg", "d[1].jpg"]);
    expect(await matching("photos/b.*", "photos/{a,b}.jpg")).toEqual(["b.jpg", "a.jpg"]);
    expect(await matching("photos/**/*.jpg")).toContain("more/e.jpg");
    expect(await matching(join(folder, "photos/*.png"))).toEqual(["c.png"]);
  });

  test("are names first, where there is a file of that name", async () => {
    expect(await matching("photos/d[1].jpg")).toEqual(["d[1].jpg"]);
    expect(await matching("photos/d[0-9].jpg")).toEqual(["d1.jpg"]);
  });

  test("for styles also name folders, and match them where they end in a slash", async () => {
    expect(await stylesMatching("photos/more", "photos/b.*")).toEqual(["photos/more", "photos/b.jpg"]);
    expect(await stylesMatching("photos/*/")).toEqual(["photos/more/"]);
    expect(await stylesMatching("photos/*")).not.toContain("photos/more");
  });

  test("that match nothing, or name a folder, are refused", async () => {
    await expect(matching("photos/*.tif")).rejects.toThrow(
      new MisuseError('No file matches "photos/*.tif" of --content: check the folder and the name.'),
    );
    await expect(matching("photos")).rejects.toThrow(/"photos" is a folder, .* write "photos.\*" for all/);
  });
});
