/**
 * What is thrown when a run cannot go on, with the best picture that it had come to: where the loss stops being a number,
 * or where the device gives up.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import type { Stylization } from "./iterate.ts";

/** A run that could not go on. */
export abstract class UnfinishedError extends ImpastoError {
  /** The best picture before that, as if the work had been stopped there; undefined where there was none. */
  readonly best: Stylization | undefined;

  constructor(message: string, best: Stylization | undefined, options?: ErrorOptions) {
    super(message, options);
    this.best = best;
  }

  /** The same, with the best picture. */
  abstract withBest(best: Stylization | undefined): UnfinishedError;
}

/** The loss became infinite, or no number at all. */
export class DivergedError extends UnfinishedError {
  override readonly name = "DivergedError";

  /** The evaluation that gave it, counted at its size. */
  readonly evaluation: number;

  /** Whether the optimiser takes back every step that leads up, so that another one would do no better. */
  readonly safeguarded: boolean;

  constructor(evaluation: number, best?: Stylization, safeguarded = false) {
    const advice = safeguarded
      ? "lower the weights"
      : "lower the weights or the learning rate, or use the impasto preset, which cannot diverge";
    super(`The loss stopped being a finite number at evaluation ${evaluation}: ${advice}.`, best);
    this.evaluation = evaluation;
    this.safeguarded = safeguarded;
  }

  withBest(best: Stylization | undefined): DivergedError {
    return new DivergedError(this.evaluation, best, this.safeguarded);
  }
}

/** A graphics device was lost, ran out of memory, or failed in another way. */
export class DeviceError extends UnfinishedError {
  override readonly name = "DeviceError";

  /** The device's name, as in the option. */
  readonly device: string;

  /** What the device, or what drives it, says. */
  readonly reason: string;

  constructor(device: string, reason: string, best?: Stylization, options?: ErrorOptions) {
    const why = reason.split("\n")[0].trim().replace(/\.$/, "");
    super(
      `The device "${device}" failed (${why}): it was lost, or the picture is too large for its memory. Take another device, such as the processor (cpu, in browsers wasm), or a smaller size.`,
      best,
      options,
    );
    this.device = device;
    this.reason = reason;
  }

  withBest(best: Stylization | undefined): DeviceError {
    return new DeviceError(this.device, this.reason, best, { cause: this.cause });
  }
}
