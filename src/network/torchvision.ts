/**
 * Where VGG-19's layers are among tensors named as torchvision names them. It knows names and shapes, not values.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { LAYERS, type Layer, torchvisionIndexOf } from "./layers.ts";
import { checkShapes } from "./weights.ts";

/** Where a layer's two tensors are in a file with torchvision's names. */
interface TensorNames {
  readonly kernel: string;
  readonly bias: string;
}

/**
 * Finds VGG-19's layers among tensors named as torchvision does: `features.N.weight` and `features.N.bias`,
 * also with a prefix (`module.features.N.weight`) or without `features.` (`N.weight`).
 *
 * @param file - Named in the message.
 * @param shapes - The shape of each tensor of the file, by name.
 * @throws {ImpastoError} If a layer is missing or has another shape.
 */
export const findTorchvisionLayers = (
  file: string,
  shapes: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<Layer, TensorNames> => {
  const namesIn = (prefix: string) => (layer: Layer) => ({
    kernel: `${prefix}${torchvisionIndexOf(layer)}.weight`,
    bias: `${prefix}${torchvisionIndexOf(layer)}.bias`,
  });
  const held = (prefix: string): number =>
    LAYERS.filter((layer) => shapes.has(namesIn(prefix)(layer).kernel)).length;
  const prefixes = [...shapes]
    .filter(([name, shape]) => shape.length === 4 && /(?:^|\.)0\.weight$/.test(name))
    .map(([name]) => name.slice(0, -"0.weight".length));
  const prefix = prefixes.reduce(
    (best, next) => (held(next) > held(best) ? next : best),
    prefixes[0] ?? "features.",
  );
  const found = new Map<Layer, TensorNames>();
  for (const layer of LAYERS) {
    const names = namesIn(prefix)(layer);
    const [kernel, bias] = [shapes.get(names.kernel), shapes.get(names.bias)];
    if (kernel === undefined || bias === undefined) {
      throw new ImpastoError(
        `${file} holds no ${kernel === undefined ? names.kernel : names.bias}; expected VGG-19 without batch normalisation under torchvision's names`,
      );
    }
    checkShapes(file, names.kernel.replace(/\.weight$/, ""), layer, "oihw", kernel, bias);
    found.set(layer, names);
  }
  return found;
};
