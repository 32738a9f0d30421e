/**
 * From the bytes of weights, wherever they are, to networks that are ready to use.
 * @module
 */
import { type ByteSource, checksumOf } from "./byte-source.ts";
import { parseMeanActivations } from "./mean-activations.ts";
import type { Network } from "./network.ts";
import { type ReadWeightsOptions, readWeightsFrom } from "./read-weights.ts";
import { parseSafetensors } from "./safetensors.ts";
import { studentNetwork } from "./student.ts";
import { vgg19 } from "./vgg19.ts";

/**
 * The network that comes with impasto.
 * @param source its file, `models/impasto.safetensors` in the package.
 * @throws ImpastoError when the file is damaged.
 */
export async function builtInNetwork(source: ByteSource): Promise<Network> {
  const bytes = await source.read(0, source.size);
  return studentNetwork(parseSafetensors(bytes, source.name), await checksumOf(source));
}

/**
 * VGG-19.
 * @param source a file of its weights: Keras' HDF5, or safetensors with torchvision's names.
 * @param means what `models/vgg19-mean-activations.json` in the package holds, parsed.
 * @throws MisuseError when the convention stated contradicts the file's layout.
 * @throws ImpastoError when the file is damaged or holds something else.
 */
export async function vgg19Network(
  source: ByteSource,
  means: unknown,
  options: ReadWeightsOptions = {},
): Promise<Network> {
  const { weights } = await readWeightsFrom(source, options);
  return vgg19("vgg19", weights, parseMeanActivations(means));
}
