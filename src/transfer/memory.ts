/**
 * How much memory a transfer needs, estimated before it starts.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import type { Size } from "../image/size.ts";
import type { OptimizerSettings } from "./preset.ts";

/** Measured with VGG-19: the process, the weights and their transforms, whatever the size. */
const FIXED_BYTES = 0.55e9;
/** Measured with VGG-19: activations, their gradients and masks. */
const BYTES_PER_PIXEL = 4000;

/** An estimate of the process's peak memory in bytes. */
export function estimateMemory({ width, height }: Size, optimizer: OptimizerSettings): number {
  const vectors = optimizer.kind === "adam" ? 6 : 2 * optimizer.history + 8;
  return FIXED_BYTES + width * height * (BYTES_PER_PIXEL + vectors * 3 * Float32Array.BYTES_PER_ELEMENT);
}

/**
 * Refuses a size that needs more memory than there is.
 * @param available bytes
 * @throws ImpastoError naming the largest size that would do.
 */
export function requireMemory(size: Size, optimizer: OptimizerSettings, available: number): void {
  const needed = estimateMemory(size, optimizer);
  if (needed <= available) return;
  const perPixel = (needed - FIXED_BYTES) / (size.width * size.height);
  const pixels = Math.max(0, available - FIXED_BYTES) / perPixel;
  const longest = Math.max(size.width, size.height);
  const largest = Math.floor(longest * Math.sqrt(pixels / (size.width * size.height)));
  throw new ImpastoError(
    `A picture of ${size.width}×${size.height} needs about ${gigabytes(needed)} of memory and ${gigabytes(available)} are there: ask for a size of ${largest} at most.`,
  );
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
