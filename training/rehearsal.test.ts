import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseSafetensors } from "../src/network/safetensors.ts";
import { studentNetwork } from "../src/network/student.ts";
import { openRuntime } from "../src/runtime/onnxruntime.node.ts";
import type { StoredPicture } from "./pictures.ts";
import { randomFor } from "./random.ts";
import { rehearse } from "./rehearsal.ts";

const stripes = (period: number): StoredPicture => ({
  width: 48,
  height: 36,
  bytes: Uint8Array.from({ length: 3 * 48 * 36 }, (_, index) => (index % period < period / 2 ? 60 : 190)),
});

test("a rehearsal keeps pictures on their way to a painting's style, the same ones for the same numbers", async () => {
  const [photograph, painting] = [stripes(30), stripes(7)];
  const material = { photographs: [photograph], artworks: [painting], heldOut: [] };
  const file = await readFile(new URL("../models/impasto.safetensors", import.meta.url));
  const network = studentNetwork(parseSafetensors(file), "");
  const runtime = await openRuntime({ device: "cpu", threads: 2 });
  const scenes = [];
  for (let round = 0; round < 2; round++)
    scenes.push(await rehearse(material, [1, 2], network, runtime, randomFor(5, 0)));
  const [scene] = scenes;
  expect(scene?.painting).toBe(painting);
  expect(scene?.pictures).toHaveLength(2);
  const [early, late] = scene?.pictures ?? [];
  expect(early).toMatchObject({ width: late?.width, height: late?.height });
  expect([192, 224, 256]).toContain(early?.width);
  expect(late?.bytes).not.toEqual(early?.bytes);
  expect(scenes[1]).toEqual(scene);
});

test("there is no rehearsal without a photograph or a painting", async () => {
  const file = await readFile(new URL("../models/impasto.safetensors", import.meta.url));
  const network = studentNetwork(parseSafetensors(file), "");
  const runtime = await openRuntime({ device: "cpu", threads: 2 });
  const none = { photographs: [], artworks: [stripes(7)], heldOut: [] };
  expect(await rehearse(none, [1], network, runtime, randomFor(5, 0))).toBeUndefined();
});
