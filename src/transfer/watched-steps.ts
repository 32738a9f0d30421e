/**
 * The steps of the work at one size, as long as nothing fails: what fails ends them, and what was read from a device now and
 * then is what is left of them.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { RuntimeFailure } from "../runtime/failures.ts";
import type { RealDevice } from "../runtime/runtime.ts";
import { acceptedOf, bestOf, type Place, type ScaleState } from "./run-state.ts";
import type { ScaleStep } from "./scale.ts";
import { DeviceError, UnfinishedError } from "./unfinished.ts";

/** So many seconds of work may be lost with a device, before the picture is read from it again. */
const SECONDS_TO_LOSE = 5;

const ON_THE_PROCESSOR: readonly RealDevice[] = ["cpu", "wasm"];

/** Steps, one after another. */
export class WatchedSteps {
  readonly #steps: AsyncGenerator<ScaleStep, void>;
  readonly #device: RealDevice;
  readonly #onDevice: boolean;
  #kept: Place | undefined;
  #keptAt = Number.NEGATIVE_INFINITY;
  #failure: UnfinishedError | undefined;

  /** @param onDevice whether the device has all that the steps are about. */
  constructor(steps: AsyncGenerator<ScaleStep, void>, device: RealDevice, onDevice: boolean) {
    this.#steps = steps;
    this.#device = device;
    this.#onDevice = onDevice;
  }

  /** Why there are no more, where they did not come to their end. */
  get failure(): UnfinishedError | undefined {
    return this.#failure;
  }

  /** The next; nothing after the last, or where it failed. @throws what a run cannot end with. */
  async next(): Promise<ScaleStep | undefined> {
    try {
      const { value } = await this.#steps.next();
      if (value && this.#onDevice && value.seconds - this.#keptAt > SECONDS_TO_LOSE) {
        this.#kept = await value.best();
        this.#keptAt = value.seconds;
      }
      return value ?? undefined;
    } catch (error) {
      this.#failure = failureOf(error, this.#device);
      return undefined;
    }
  }

  /** Where they ended: at the best place, where they were stopped; where they were last read, once a device is lost. */
  async reached(last: ScaleStep | ScaleState, stopped: boolean): Promise<Place | undefined> {
    if (this.#onDevice && this.#failure) return this.#kept;
    try {
      if ("optimizer" in last) return stopped ? bestOf(last) : acceptedOf(last);
      return await (stopped ? last.best() : last.accepted());
    } catch (error) {
      this.#failure = failureOf(error, this.#device);
      return this.#kept;
    }
  }

  /** Ends them. */
  async end(): Promise<void> {
    await this.#steps.return();
  }
}

/** What failed, as far as a run can end with it. @throws what else it is. */
export function failureOf(error: unknown, device: RealDevice): UnfinishedError {
  if (error instanceof UnfinishedError) return error;
  const isOther = error instanceof ImpastoError && !(error instanceof RuntimeFailure);
  if (isOther || ON_THE_PROCESSOR.includes(device)) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  return new DeviceError(device, reason, undefined, { cause: error });
}
