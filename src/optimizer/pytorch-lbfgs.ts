/**
 * L-BFGS as `torch.optim.LBFGS` does it with learning rate 1, no line search and no tolerances: the first step is
 * −g·min(1, 1/‖g‖₁), every other is −H·g, and each is taken unseen. A pair is kept if s·y > 10⁻¹⁰.
 * It may diverge; it is here because neural-style's pictures are made with it.
 * @module
 */
import { type HistoryState, openHistory } from "./history.ts";
import type { Optimizer, Points } from "./optimizer.ts";
import type { Vectors } from "./vectors.ts";

const LEAST_CURVATURE = 1e-10;

/** All that it remembers. */
export interface PytorchLbfgsState extends Points {
  readonly kind: "pytorch-lbfgs";
  /** The gradient before the one to come. */
  readonly previous: Float32Array;
  /** The direction, times the length of the step: the s of the pair to come. */
  readonly step: Float32Array;
  readonly history: HistoryState;
  readonly begun: boolean;
}

/** What it works on. */
export interface PytorchLbfgsMemory<Vector> extends Points<Vector> {
  readonly previous: Vector;
  readonly step: Vector;
  readonly history: HistoryState;
  begun: boolean;
}

/**
 * Makes the optimiser. Every point that it is told of becomes the accepted one.
 * @param memory where to go on; from then on it is the optimiser's.
 * @throws {MisuseError} for vectors that have not one length.
 */
export async function pytorchLbfgs<Vector>(
  vectors: Vectors<Vector>,
  memory: PytorchLbfgsMemory<Vector>,
): Promise<Optimizer<PytorchLbfgsState, Vector>> {
  const { point, accepted, previous, step } = memory;
  for (const [name, vector] of Object.entries({ point, accepted, previous, step })) {
    vectors.check(name, vector);
  }
  const history = await openHistory(vectors, memory.history);

  return {
    point,
    accepted,
    stalled: false,
    async tell(_loss, gradient) {
      vectors.check("gradient", gradient);
      await vectors.copy(point, accepted);
      if (memory.begun) {
        const curvature = await vectors.pairProducts(step, gradient, previous);
        if (curvature.sy > LEAST_CURVATURE) await history.keep(step, gradient, previous, curvature);
      }
      await history.direction(gradient, step);
      const length = memory.begun ? 1 : Math.min(1, 1 / (await vectors.absoluteSum(gradient)));
      await vectors.advance(length, step, point);
      await vectors.copy(gradient, previous);
      memory.begun = true;
      return true;
    },
    state: async () => ({
      kind: "pytorch-lbfgs",
      point: await vectors.read(point),
      accepted: await vectors.read(accepted),
      previous: await vectors.read(previous),
      step: await vectors.read(step),
      history: await history.state(),
      begun: memory.begun,
    }),
    release() {
      for (const vector of [point, accepted, previous, step]) vectors.release(vector);
      history.release();
    },
  };
}
