import { describe, expect, test } from "vitest";
import { MisuseError } from "../../errors.ts";
import { fillTemplate } from "./template.ts";

describe("A template", () => {
  test("is filled with names without folders and extensions, as often as they are written", () => {
    const fill = (template: string): string =>
      fillTemplate(template, "photos/a cat.jpg", ["styles/wave.1.png", "scream.jpg"]);
    expect(fill("out/{content}-{style}.png")).toBe("out/a cat-wave.1-scream.png");
    expect(fill("{style}/{content}/{content}.jpg")).toBe("wave.1-scream/a cat/a cat.jpg");
    expect(fill("same.png")).toBe("same.png");
  });

  test("is filled with names as they are, whatever is in them", () => {
    expect(fillTemplate("{content}-{style}.png", "{style}.png", ["$&.png"])).toBe("{style}-$&.png");
  });

  test.each(["{contents}", "{}", "{ content }", "{Style}"])("has no %s", (placeholder) => {
    expect(() => fillTemplate(`out/${placeholder}.png`, "a", ["b"])).toThrow(
      new MisuseError(
        `There is no ${placeholder} to fill in "out/${placeholder}.png": write {content} and {style} for the pictures' names.`,
      ),
    );
  });
});
