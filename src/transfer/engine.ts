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
  /** What is remembered of pictures from run to run; nothing when absent. */
  readonly statistics?: PictureStatistics;
  /** Lets go of what is kept from run to run. */
  close?(): Promise<void>;
}
