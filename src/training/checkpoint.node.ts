/**
 * Checkpoints: the state of teaching in one safetensors file, put in place atomically, and the pictures of rehearsals
 * beside it, which never change once made.
 * @module
 */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ImpastoError } from "../errors.ts";
import { writeAtomically } from "../image/write.node.ts";
import { LAYERS, type Layer } from "../network/layers.ts";
import { parseSafetensors, writeSafetensors } from "../network/safetensors.ts";
import type { StoredPicture } from "./pictures.ts";
import type { Progress } from "./teach.ts";

const STATE = "state.safetensors";
const pictureFile = (folder: string, index: number) => join(folder, `rehearsal-${index}.safetensors`);

/** Writes a checkpoint into the folder, which is made where it is missing. */
export async function writeCheckpoint(folder: string, progress: Progress): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, { width, height, bytes }] of progress.stylized.entries()) {
    if (existsSync(pictureFile(folder, index))) continue;
    const picture = { shape: [3, height, width], data: Float32Array.from(bytes) };
    await writeAtomically(pictureFile(folder, index), writeSafetensors({ picture }));
  }
  const { parameters, moments, units } = progress;
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  const bytes = writeSafetensors(
    {
      parameters: vector(parameters),
      first: vector(moments.first),
      second: vector(moments.second),
      units: vector(Float32Array.from(LAYERS, (layer) => units.get(layer) ?? 0)),
    },
    { step: String(progress.step), pictures: String(progress.stylized.length) },
  );
  await writeAtomically(join(folder, STATE), bytes);
}

/**
 * Reads the checkpoint in a folder; undefined where there is none.
 * @throws ImpastoError when it is damaged.
 */
export async function readCheckpoint(folder: string): Promise<Progress | undefined> {
  const path = join(folder, STATE);
  if (!existsSync(path)) return undefined;
  const { tensors, metadata } = parseSafetensors(await readFile(path), path);
  const vector = (name: string) => {
    const found = tensors.get(name)?.data;
    if (found === undefined)
      throw new ImpastoError(`${path} has no ${name}: remove ${folder} to begin anew.`);
    return found;
  };
  const step = Number(metadata.step);
  const units = vector("units");
  const stylized: StoredPicture[] = [];
  for (let index = 0; index < Number(metadata.pictures); index++) {
    const file = pictureFile(folder, index);
    const picture = parseSafetensors(await readFile(file), file).tensors.get("picture");
    if (picture === undefined)
      throw new ImpastoError(`${file} holds no picture: remove ${folder} to begin anew.`);
    const [, height = 0, width = 0] = picture.shape;
    stylized.push({ width, height, bytes: Uint8Array.from(picture.data) });
  }
  return {
    step,
    parameters: vector("parameters"),
    moments: { first: vector("first"), second: vector("second"), steps: step },
    units: new Map(
      LAYERS.map((layer, index): [Layer, number] => [layer, units[index]]).filter(([, unit]) => unit > 0),
    ),
    stylized,
  };
}
