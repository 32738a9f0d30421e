/**
 * What is good on each device: how graphs are written for it.
 * @module
 */
import type { Capabilities } from "../graph/tensor.ts";
import type { RealDevice } from "./runtime.ts";

/**
 * The capabilities of a device. On the processor, ONNX Runtime takes constants where they are, and is slower at
 * convolutions of many channels than at the products of Winograd's algorithm; its own code for x64 has the blocked layout.
 * What saves a card nodes would change the last digits of the processor's results, and CUDA splits long sums by itself.
 * @param x64 whether the processor is of that kind.
 */
export function capabilitiesOf(device: RealDevice, x64: boolean): Capabilities {
  const isCard = device === "webgpu" || device === "cuda";
  return {
    freeFeeds: device === "cpu",
    winograd: device === "cpu" || device === "wasm",
    channelBlocks: device === "cpu" && x64,
    constantIdentity: isCard,
    gemm: isCard,
    splitSums: device === "webgpu",
    fewProducts: device === "cpu" || device === "wasm",
    fewNodes: isCard,
  };
}
