/**
 * Reads VGG-19's weights from a file under Node.
 * @module
 */
import { digestFile, withFileSource } from "./file-source.node.ts";
import { type ReadWeightsOptions, readWeightsFrom, type WeightsFile } from "./read-weights.ts";
import type { VggWeights } from "./weights.ts";

/**
 * Reads a file of VGG-19's weights and says what it was.
 *
 * @throws {MisuseError} If there is no such file, or the convention stated contradicts the layout.
 * @throws {ImpastoError} If the file is damaged or holds something else.
 */
export const readWeightsFile = (path: string, options: ReadWeightsOptions = {}): Promise<WeightsFile> =>
  withFileSource(path, (source) => readWeightsFrom(source, options, () => digestFile(path, "sha256")));

/**
 * Reads a file of VGG-19's weights, Keras' HDF5 or safetensors with torchvision's names.
 *
 * @throws {MisuseError} If there is no such file, or the convention stated contradicts the layout.
 * @throws {ImpastoError} If the file is damaged or holds something else.
 * @example
 * ```ts
 * const weights = await readWeights("vgg19.safetensors");
 * ```
 */
export const readWeights = async (path: string, options: ReadWeightsOptions = {}): Promise<VggWeights> =>
  (await readWeightsFile(path, options)).weights;
