/**
 * What it takes to repaint: a network, what runs it, how much memory there is, and what is kept from one run to the next.
 * @module
 */
import type { Network } from "../network/network.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { PictureStatistics } from "./statistics.ts";

/** What runs transfers. */
export interface Engine {
  readonly network: Network;
  readonly runtime: Runtime;
  /** Bytes of memory the process may use: larger pictures are looked at in blocks. Unbounded when absent. */
  readonly memory?: number;
  /** One line that says which network it has, and why. */
  readonly note?: string;
  /** One sentence on why it computes where it does, where somebody might expect another device. */
  readonly deviceNote?: string;
  /** What is remembered of pictures from run to run; nothing when absent. */
  readonly statistics?: PictureStatistics;
  /** Lets go of what is kept from run to run. */
  close?(): Promise<void>;
}

/** Bytes that a run may use: what it is told, and no more than the device can address. */
export const memoryOf = ({
  memory = Number.POSITIVE_INFINITY,
  runtime,
}: Pick<Engine, "memory" | "runtime">) =>
  Math.min(memory, runtime.limits?.memory ?? Number.POSITIVE_INFINITY);

/** The part of the memory beyond the first gigabyte that may be spent on what is kept. */
const KEPT = 1 / 4;
const ENOUGH_FOR_ONE = 1e9;

/** How much may be kept from run to run; there is so much less memory for each of them. */
export const keptBytes = (memory: number): number => KEPT * Math.max(0, memory - ENOUGH_FOR_ONE);
