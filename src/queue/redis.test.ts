import { describe, expect, test } from "vitest";
import { MisuseError } from "../errors.ts";
import { readMetricsAddress } from "./metrics.ts";
import { readAddress } from "./redis.ts";

describe("an address", () => {
  test("may be no more than a host", () => {
    const { shown, options } = readAddress("redis://queue.example");
    expect(shown).toBe("redis://queue.example:6379");
    expect(options).toMatchObject({ host: "queue.example", port: 6379, db: 0 });
  });

  test("is shown without the password that it has", () => {
    const { shown, options } = readAddress("rediss://me:p%40ss@[::1]:7000/3");
    expect(shown).toBe("rediss://[::1]:7000/3");
    expect(options).toMatchObject({
      host: "::1",
      port: 7000,
      db: 3,
      username: "me",
      password: "p@ss",
      tls: {},
    });
  });

  test.each(["", "localhost", "http://host", "redis://", "redis://host/name", "redis://a:secret@host/x"])(
    "%j is refused, and tells no password",
    (text) => {
      expect(() => readAddress(text)).toThrow(MisuseError);
      expect(() => readAddress(text)).not.toThrow(/secret/);
    },
  );
});

test("metrics are offered to this machine alone where no host is named", () => {
  expect(readMetricsAddress("9100")).toEqual({ host: "127.0.0.1", port: 9100 });
  expect(readMetricsAddress("0.0.0.0:9100")).toEqual({ host: "0.0.0.0", port: 9100 });
  expect(readMetricsAddress("[::]:9100")).toEqual({ host: "::", port: 9100 });
  for (const text of ["", "host", "99999", "a:b"])
    expect(() => readMetricsAddress(text)).toThrow(MisuseError);
});
