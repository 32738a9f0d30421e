/** A studio that is opened and closed: its address, its folder, its port, and what a page finds after another start. */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fakeStudio } from "../../../test/studio/fake-studio.ts";
import { rawRequest } from "../../../test/studio/raw-request.ts";
import { MisuseError } from "../../errors.ts";
import { bracketed } from "./door.ts";
import { openStudio, type StudioOptions } from "./open.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-open-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const environment = { IMPASTO_CACHE: join(root, "cache") };
const newFolder = (): string => join(mkdtempSync(join(root, "one-")), "studio");

/** Opens one whose engine does nothing. */
const open = (options: Partial<StudioOptions> = {}, onClose = (): void => {}) =>
  openStudio({ folder: newFolder(), software: "impasto 1", port: 0, environment, ...options }, async () => ({
    ...fakeStudio(),
    close: async () => onClose(),
  }));

/** Opens an address as a browser would, and gives the cookie. */
async function enter(address: string): Promise<string> {
  const answer = await fetch(address, { redirect: "manual" });
  expect(answer.status).toBe(303);
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

test("The printed address lets in, and is another one each time", async () => {
  const first = await open();
  const second = await open();
  expect(first.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  const tokens = [first, second].map(({ address }) => new URL(address).searchParams.get("token"));
  expect(new Set(tokens).size).toBe(2);
  const Cookie = await enter(first.address);
  const about = await fetch(new URL("/api/about", first.address), { headers: { Cookie } });
  expect(await about.json()).toMatchObject({ kind: "server" });
  await first.close();
  await second.close();
});

test("A page that was let in finds the next studio of the same folder, and that of no other", async () => {
  const first = await open();
  const { folder } = first;
  const Cookie = await enter(first.address);
  const port = Number(new URL(first.address).port);
  await first.close();
  const again = await open({ folder, port });
  expect((await fetch(new URL("/api/about", again.address), { headers: { Cookie } })).status).toBe(200);
  await again.close();
  const other = await open({ port });
  expect((await fetch(new URL("/api/about", other.address), { headers: { Cookie } })).status).toBe(403);
  await other.close();
  expect(readdirSync(folder)).toEqual([".studio"]);
  expect(readdirSync(join(folder, ".studio"))).toEqual(["session"]);
  if (process.platform !== "win32")
    expect(statSync(join(folder, ".studio", "session")).mode & 0o777).toBe(0o600);
});

test("A studio that is closed ends its engine, its streams and its port", async () => {
  let closed = 0;
  const studio = await open({}, () => closed++);
  const Cookie = await enter(studio.address);
  const events = await fetch(new URL("/api/events", studio.address), { headers: { Cookie } });
  const ended = events.text().catch(() => "");
  await studio.close();
  await studio.close();
  expect(closed).toBe(1);
  await ended;
  await expect(fetch(studio.address)).rejects.toThrow();
});

test("A port that is taken is misuse; without one the next that is free is taken", async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve(portOf(other.address())));
  });
  await expect(open({ port })).rejects.toThrow(
    new MisuseError(`Port ${port} is taken; name another with --port, or leave it out`),
  );
  other.close();
  const [first, second] = [await open({ port: undefined }), await open({ port: undefined })];
  expect(Number(new URL(second.address).port)).toBeGreaterThan(Number(new URL(first.address).port));
  await first.close();
  await second.close();
});

const portOf = (address: AddressInfo | string | null): number =>
  address instanceof Object ? address.port : 0;

test("A host that this machine does not have is misuse", async () => {
  await expect(open({ host: "192.0.2.1" })).rejects.toThrow(/"192\.0\.2\.1" is no address of this machine/);
});

test("Under every address of the machine it goes by its addresses, and by no name", async () => {
  const studio = await open({ host: "0.0.0.0" });
  const Cookie = await enter(studio.address);
  const port = Number(new URL(studio.address).port);
  const ask = async (name: string): Promise<number> => {
    const lines = [`Host: ${name}:${port}`, `Cookie: ${Cookie}`];
    return (await rawRequest(port, ["GET /api/about HTTP/1.1", ...lines])).status;
  };
  const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  for (const address of own) expect(await ask(bracketed(address))).toBe(200);
  expect(await ask("0.0.0.0")).toBe(403);
  expect(await ask("machine.example")).toBe(403);
  await studio.close();
});

test("A folder has one studio at a time", async () => {
  const studio = await open();
  await expect(open({ folder: studio.folder })).rejects.toThrow(/Another studio works in/);
  await studio.close();
  await (await open({ folder: studio.folder })).close();
});

test("A studio that cannot be opened leaves the port and the folder free", async () => {
  const folder = newFolder();
  const failing = openStudio({ folder, software: "impasto 1", port: 0, environment }, () =>
    Promise.reject(new MisuseError("No.")),
  );
  await expect(failing).rejects.toThrow("No.");
  await (await open({ folder })).close();
});
