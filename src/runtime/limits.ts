/**
 * What devices cannot exceed. How a picture is looked at follows from it (transfer/plan.ts).
 * @module
 */

/** Bounds in bytes; what is absent is bounded by the machine's memory alone. */
export interface DeviceLimits {
  /** All that a device can address. */
  readonly memory?: number;
  /** One tensor. */
  readonly tensor?: number;
}

/** WebAssembly addresses 4 GiB, in which no gap between two values is ever closed. */
export const WASM_LIMITS: DeviceLimits = { memory: 3.5e9 };

/** What WebGPU says of a card: how large a buffer may be, and how much of it a program may see. */
export interface WebGpuLimits {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
}

/** What every card has that has WebGPU. */
export const LEAST_WEBGPU: WebGpuLimits = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 };

/** A tensor is a buffer, which every program that touches it sees as a whole. */
export const webGpuLimits = ({ maxBufferSize, maxStorageBufferBindingSize }: WebGpuLimits): DeviceLimits => ({
  tensor: Math.min(maxBufferSize, maxStorageBufferBindingSize),
});
