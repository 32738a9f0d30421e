import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readXmp, writeXmp } from "./xmp.ts";

describe("the recipe as XMP", () => {
  it("means the same when it comes back, whatever JSON it is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), fc.nat(2), (value, indent) => {
        const recipe = JSON.stringify(value, null, indent);
        // As text, which is compared sooner than what it means.
        const back: unknown = JSON.parse(readXmp(writeXmp(recipe)) ?? "");
        expect(JSON.stringify(back)).toBe(JSON.stringify(JSON.parse(recipe)));
      }),
    );
  });

  it("comes back letter for letter when XML can hold it", () => {
    const recipe = '{\n\t"style": "Van Gogh’s <星月夜> & 🌌 \\u0000"\r\n}';
    expect(readXmp(writeXmp(recipe))).toBe(recipe);
  });

  it("holds no character that XML forbids", () => {
    const packet = writeXmp('"\u0000\u001f\ufffe\ud800"');
    for (const character of ["\u0000", "\u001f", "\ufffe", "\ud800"]) expect(packet).not.toContain(character);
    expect(readXmp(writeXmp('"\u0000\ud800"'))).toBe('"\\u0000\\ud800"');
  });

  it("is read as an attribute too, as other programs rewrite it", () => {
    const packet = `<rdf:Description xmlns:impasto="urn:impasto:" impasto:recipe='{&quot;a&quot;:&#x31;&#50;}'/>`;
    expect(readXmp(packet)).toBe('{"a":12}');
  });

  it("is not found in a packet without one", () => {
    expect(readXmp("<x:xmpmeta/>")).toBeUndefined();
  });
});
