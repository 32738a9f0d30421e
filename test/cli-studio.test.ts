/**
 * `impasto studio` as a process: what it prints, how a page gets in, and how it ends.
 * @module
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runHere } from "./cli-here.ts";
import { type Running, start } from "./cli-process.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-cli-studio-"));
const place = { cwd: root, env: { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: join(root, "cache") } };
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The address that a studio prints, once it stands there. */
const addressOf = ({ child, said }: Running): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (part: string) => {
      text += part;
      if (text.endsWith("\n")) resolve(text.trim());
    });
    said("Open this address").catch(reject);
  });

it("prints one address that lets in, and ends without a trace of haste when it is told to", async () => {
  const studio = start(["studio", "--port", "0", "--folder", "mine"], place);
  const address = await addressOf(studio);
  const answer = await fetch(address, { redirect: "manual" });
  const Cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  const about = await fetch(new URL("/api/about", address), { headers: { Cookie } });
  expect(await about.json()).toMatchObject({
    kind: "server",
    software: expect.stringMatching(/^impasto \d/),
    folder: join(root, "mine"),
  });
  studio.child.kill("SIGTERM");
  const { code, stdout, stderr } = await studio.ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${address}\n` });
  expect(stderr).toContain(join(root, "mine"));
  expect(readdirSync(join(root, "mine", ".studio"))).toEqual(["session"]);
});

it("refuses a port that is taken, and one that is none, in a sentence", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  const port = String(address instanceof Object ? address.port : 0);
  const taken = await runHere(["studio", "--port", port], place);
  other.close();
  expect(taken).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^impasto: Port \d+ is taken; [^\n]*\.\n$/),
  });
  expect(await runHere(["studio", "--port", "70000"], place)).toMatchObject({ code: 2, stdout: "" });
});

it("warns where others can reach it", async () => {
  const studio = start(["studio", "--port", "0", "--host", "0.0.0.0", "--folder", "open", "--quiet"], place);
  await studio.said("Warning: with --host 0.0.0.0, whoever can reach this machine");
  studio.child.kill("SIGINT");
  expect((await studio.ended).code).toBe(0);
});
