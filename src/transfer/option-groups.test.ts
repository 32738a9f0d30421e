import { describe, expect, it } from "vitest";
import { groupOf, inGroups, OPTION_GROUPS } from "./option-groups.ts";
import { optionFields } from "./options.ts";
import { termOptions } from "./terms/table.ts";

describe("inGroups", () => {
  const ordered = inGroups(optionFields()).map(({ name }) => name);

  it("keeps every option once", () => {
    expect(ordered.toSorted()).toEqual(
      optionFields()
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it("puts what is changed first on top, and each group in one piece", () => {
    expect(ordered.slice(0, 3)).toEqual(["size", "strength", "styleScale"]);
    const groups = ordered.map(groupOf);
    expect(groups.filter((group, index) => group !== groups[index - 1])).toEqual(OPTION_GROUPS);
  });

  it("takes an option that nobody has named, wherever it was declared", () => {
    expect(groupOf("something new")).toBe("How it is made");
    for (const name of Object.keys(termOptions)) expect(groupOf(name)).toBe("What counts");
  });
});
