/**
 * Checkpoints: the state of teaching in one safetensors file, put in place atomically, and the scenes of rehearsals
 * beside it, which never change once made.
 * @module
 */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ImpastoError } from "../src/errors.ts";
import { writeAtomically } from "../src/image/write.node.ts";
import { LAYERS, type Layer } from "../src/network/layers.ts";
import { parseSafetensors, writeSafetensors } from "../src/network/safetensors.ts";
import type { Scene } from "./pictures.ts";
import type { Progress } from "./teach.ts";

const STATE = "state.safetensors";
const sceneFile = (folder: string, index: number) => join(folder, `scene-${index}.safetensors`);

/**
 * Writes a checkpoint into the folder, which is made where it is missing.
 * @param course what is being taught, in words or as a checksum: no other course goes on from it. A folder with the
 *   state of another is refused by {@link readCheckpoint}, which comes first.
 */
export async function writeCheckpoint(folder: string, course: string, progress: Progress): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Without a state beside them, nobody knows of which course scenes are left over.
  const goesOn = existsSync(join(folder, STATE));
  for (const [index, { painting, pictures }] of progress.scenes.entries()) {
    const file = sceneFile(folder, index);
    if (goesOn && existsSync(file)) continue;
    const tensors = Object.fromEntries(
      [painting, ...pictures].map(({ width, height, bytes }, number) => [
        String(number),
        { shape: [3, height, width], data: Float32Array.from(bytes) },
      ]),
    );
    await writeAtomically(file, writeSafetensors(tensors));
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
    {
      course,
      step: String(progress.step),
      momentSteps: String(moments.steps),
      scenes: String(progress.scenes.length),
    },
  );
  await writeAtomically(join(folder, STATE), bytes);
}

/**
 * Reads the checkpoint in a folder; undefined where there is none.
 * @throws ImpastoError when it is of another course, or a part of it is missing.
 */
export async function readCheckpoint(folder: string, course: string): Promise<Progress | undefined> {
  const path = join(folder, STATE);
  if (!existsSync(path)) return undefined;
  const { tensors, metadata } = parseSafetensors(await readFile(path), path);
  if (metadata.course !== course) {
    throw new ImpastoError(`${path} is of another course: name another folder, or remove ${folder}.`);
  }
  const vector = (name: string) => {
    const found = tensors.get(name)?.data;
    if (found === undefined)
      throw new ImpastoError(`${path} has no ${name}: remove ${folder} to begin anew.`);
    return found;
  };
  const step = Number(metadata.step);
  const units = vector("units");
  const scenes: Scene[] = [];
  for (let index = 0; index < Number(metadata.scenes); index++) scenes.push(await readScene(folder, index));
  return {
    step,
    parameters: vector("parameters"),
    moments: { first: vector("first"), second: vector("second"), steps: Number(metadata.momentSteps) },
    units: new Map(
      LAYERS.map((layer, index): [Layer, number] => [layer, units[index]]).filter(([, unit]) => unit > 0),
    ),
    scenes,
  };
}

async function readScene(folder: string, index: number): Promise<Scene> {
  const file = sceneFile(folder, index);
  const { tensors } = parseSafetensors(await readFile(file), file);
  const [painting, ...pictures] = Array.from({ length: tensors.size }, (_, number) => {
    const picture = tensors.get(String(number));
    if (picture?.shape.length !== 3) {
      throw new ImpastoError(`${file} has no picture ${number}: remove ${folder} to begin anew.`);
    }
    const [, height, width] = picture.shape;
    return { width, height, bytes: Uint8Array.from(picture.data) };
  });
  if (painting === undefined) throw new ImpastoError(`${file} is empty: remove ${folder} to begin anew.`);
  return { painting, pictures };
}
