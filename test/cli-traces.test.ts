/**
 * What a run leaves on a machine beside its result: nothing. ONNX Runtime would keep an identity of the device and a queue
 * of messages to send.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePicture } from "../src/image/encode.node.ts";
import { run } from "./cli-process.ts";
import { painting } from "./transfers.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-traces-"));
const picture = join(root, "picture.png");

beforeAll(async () => writeFileSync(picture, await encodePicture(painting, "png")));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Every place that a program may take for its own, fresh. */
const PLACES = ["HOME", "TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"];

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

describe("The command", () => {
  it("leaves its result and no other file", async () => {
    const machine = join(root, "machine");
    const env = Object.fromEntries(PLACES.map((place) => [place, join(machine, place)]));
    for (const folder of [...Object.values(env), join(machine, "work")])
      mkdirSync(folder, { recursive: true });
    const args = [picture, picture, "--size", "32", "--iterations", "2", "--network", "built-in"];
    const place = { cwd: join(machine, "work"), env: { ...env, ORT_DISABLE_TELEMETRY: undefined } };
    const ended = await run([...args, "-o", "out.png", "--quiet"], place);
    expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(filesIn(machine)).toEqual([join("work", "out.png")]);
  });
});
