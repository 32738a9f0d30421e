import { describe, expect, it } from "vitest";
import { apart, pointedTo, withoutSecrets } from "./addresses.node.ts";

describe("an address", () => {
  it.each([
    ["https://host/folder/", "https://host/folder/"],
    ["https://name:secret@host:8443/folder/file.h5", "https://host:8443/folder/file.h5"],
    ["https://secret@host/", "https://host/"],
    ["https://host/file.h5?token=secret#secret", "https://host/file.h5"],
    ["ftp://name:secret@host/", "ftp://host/"],
    ["https://name:secret@host:port/", "https://host:port/"],
    ["https://name:sec/ret@host/", "https://host/"],
    ["name:secret@host/folder?secret", "host/folder"],
    ["here", "here"],
  ])("%s is shown as %s", (address, shown) => {
    expect(withoutSecrets(address)).toBe(shown);
  });

  it("gives name and password away for a header alone", () => {
    const { address, login } = apart(new URL("https://n%40me:100%25%20@host/a?b"));
    expect(address.href).toBe("https://host/a?b");
    expect(login).toBe(`Basic ${Buffer.from("n@me:100% ").toString("base64")}`);
    expect(apart(new URL("https://n:1%zz@host/")).login).toBe(
      `Basic ${Buffer.from("n:1%zz").toString("base64")}`,
    );
    expect(apart(new URL("https://host/")).login).toBeUndefined();
  });

  it.each([
    ["http://host/a", "/b", "http://host/b"],
    ["http://host/a", "https://other/b", "https://other/b"],
    ["https://host/a/b", "../c?d", "https://host/c?d"],
    ["https://host/a", "https://name:secret@other/", "https://other/"],
  ])("%s may point to %s", (from, location, to) => {
    expect(pointedTo(location, new URL(from)).href).toBe(to);
  });

  it.each([
    [
      "http://other/b?token=secret",
      /from https to http:\/\/other, where anyone on the way could change the file/,
    ],
    ["file:///etc/passwd", /neither https nor http/],
    ["http://", /neither https nor http/],
  ])("of https may not point to %s", (location, message) => {
    expect(() => pointedTo(location, new URL("https://host/a"))).toThrow(message);
  });
});
