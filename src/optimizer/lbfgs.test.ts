import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ImpastoError, MisuseError } from "../errors.ts";
import { emptyHistory } from "./history.ts";
import { hostVectors } from "./host-vectors.ts";
import type { Optimizer } from "./optimizer.ts";
import { pytorchLbfgs } from "./pytorch-lbfgs.ts";
import { newSearch, type SafeguardedLbfgsOptions, safeguardedLbfgs } from "./safeguarded-lbfgs.ts";

type LbfgsOptions = { readonly history: number } & (
  | { readonly manner: "pytorch" }
  | ({ readonly manner: "safeguarded" } & SafeguardedLbfgsOptions)
);

async function lbfgs(start: Float32Array, options: LbfgsOptions): Promise<Optimizer> {
  const vectors = hostVectors(start.length);
  const points = { point: start.slice(), accepted: start.slice() };
  const [one, other] = [new Float32Array(start.length), new Float32Array(start.length)];
  const history = emptyHistory(options.history);
  if (options.manner === "pytorch") {
    return pytorchLbfgs(vectors, { ...points, previous: one, step: other, history, begun: false });
  }
  const memory = { ...points, gradient: one, direction: other, history, search: newSearch() };
  return safeguardedLbfgs(vectors, memory, options);
}

/** A function to minimise: writes the gradient, returns the loss. */
type Objective = (x: Float32Array, gradient: Float32Array) => number;

const guarded = { manner: "safeguarded", history: 10, firstStep: 0.1, noise: 1e-6 } as const;

/** Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²; the minimum is 0, at 1. */
const rosenbrock: Objective = (x, gradient) => {
  const sum = new Float64Array(x.length);
  let loss = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const bend = x[i + 1] - x[i] ** 2;
    loss += 100 * bend ** 2 + (1 - x[i]) ** 2;
    sum[i] += -400 * x[i] * bend - 2 * (1 - x[i]);
    sum[i + 1] += 200 * bend;
  }
  gradient.set(sum);
  return loss;
};

/** Σ ½cᵢ(xᵢ − 0.3)², the c spread evenly in the exponent from 1 to the condition number; the minimum is 0. */
function quadratic(condition: number): Objective {
  return (x, gradient) => {
    let loss = 0;
    for (let i = 0; i < x.length; i++) {
      const c = condition ** (i / Math.max(1, x.length - 1));
      gradient[i] = c * (x[i] - 0.3);
      loss += 0.5 * c * (x[i] - 0.3) ** 2;
    }
    return loss;
  };
}

interface Run {
  readonly optimizer: Optimizer;
  /** The losses told of. */
  readonly losses: number[];
  /** Those of them that were accepted. */
  readonly accepted: number[];
}

async function minimise(
  objective: Objective,
  start: Float32Array,
  options: LbfgsOptions,
  evaluations: number,
): Promise<Run> {
  const optimizer = await lbfgs(start, options);
  const gradient = new Float32Array(start.length);
  const losses: number[] = [];
  const accepted: number[] = [];
  while (losses.length < evaluations && !optimizer.stalled) {
    const loss = objective(optimizer.point, gradient);
    const told = optimizer.point.slice();
    losses.push(loss);
    if (await optimizer.tell(loss, gradient)) {
      accepted.push(loss);
      expect(optimizer.accepted).toEqual(told);
    }
  }
  return { optimizer, losses, accepted };
}

function expectNoRise(accepted: readonly number[], noise: number): void {
  let lowest = Infinity;
  for (const loss of accepted) {
    expect(loss).toBeLessThanOrEqual(lowest === Infinity ? lowest : lowest + noise * Math.abs(lowest));
    lowest = Math.min(lowest, loss);
  }
}

function waves(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(12.9898 * (i + 1)));
}

describe("L-BFGS in PyTorch's manner", () => {
  const options = { manner: "pytorch", history: 5 } as const;

  test("takes a first step of one in all against the gradient, or of the gradient where that is shorter", async () => {
    const long = await lbfgs(new Float32Array(2), options);
    expect(await long.tell(0, Float32Array.of(3, -1))).toBe(true);
    expect([...long.point]).toEqual([-0.75, 0.25]);
    const short = await lbfgs(new Float32Array(2), options);
    await short.tell(0, Float32Array.of(0.25, -0.5));
    expect([...short.point]).toEqual([-0.25, 0.5]);
  });

  test("steps to the minimum of a parabola at once when it knows its curvature", async () => {
    const { optimizer } = await minimise(quadratic(1), Float32Array.of(5), options, 2);
    expect(optimizer.point[0]).toBeCloseTo(0.3, 5);
  });

  // torch.optim.LBFGS of PyTorch 1.13, float64, lr=1, history_size=5, tolerance_grad=-1, tolerance_change=-1.
  test("follows PyTorch's on Rosenbrock's function in four dimensions", async () => {
    const golden = [
      532.4000000000001, 185.59179803132594, 118.58414525957468, 65.07743105846166, 14.18978470821715,
      26.668262238334343, 5.2371434941977455, 3.678944691874956, 3.3807986574765727, 3.363590071668838,
      3.3472872471677344, 3.2505782600183517, 3.1684666322069646, 2.972826869291149, 2.5422608217980045,
      2.5141307927625722, 2.1486837278579993, 1.8118550394607502, 1.6536864228690382, 1.2250363540635973,
      0.9492929329862696, 0.8779784088415375, 0.7413009553012061, 0.5906069334990419, 0.47068564496914367,
    ];
    const { losses } = await minimise(rosenbrock, Float32Array.of(-1.2, 1, -1.2, 1), options, golden.length);
    golden.forEach((loss, k) => void expect(Math.abs(losses[k] / loss - 1)).toBeLessThan(3e-4));
  });

  test("goes up and over as PyTorch's does in two dimensions, and accepts it", async () => {
    const golden = [
      24.199999999999996, 112.44805608969924, 18.773762591899434, 91.47824964796729, 6.412442546983449,
      4.323629078695349, 3.97949838562747, 3.9733581750991456, 3.96726937520631, 3.934381575641076,
      3.848604422843749, 2.782001404048915, 17.484011187054723, 2.6982469528762882,
    ];
    const { losses, accepted } = await minimise(rosenbrock, Float32Array.of(-1.2, 1), options, golden.length);
    golden.forEach((loss, k) => void expect(Math.abs(losses[k] / loss - 1)).toBeLessThan(1e-5));
    expect(accepted).toEqual(losses);
  });

  test("comes to the minimum of quadratics", async () => {
    for (const size of [1, 10, 1000]) {
      const { losses } = await minimise(quadratic(30), waves(size), { ...options, history: 20 }, 120);
      expect(losses.at(-1)).toBeLessThan(1e-9 * losses[0]);
    }
  });
});

describe("Safeguarded L-BFGS", () => {
  test("changes no pixel by more than firstStep in the first trial, and one by just that", async () => {
    const optimizer = await lbfgs(new Float32Array(3), guarded);
    await optimizer.tell(1, Float32Array.of(1, -4, 2));
    expect([...optimizer.point]).toEqual([...Float32Array.of(-0.025, 0.1, -0.05)]);
    expect([...optimizer.accepted]).toEqual([0, 0, 0]);
  });

  test.each([2, 3, 10, 100])(
    "comes to the minimum of Rosenbrock's function in %i dimensions",
    async (size) => {
      const start = Float32Array.from({ length: size }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
      const { losses, accepted } = await minimise(rosenbrock, start, guarded, 1500);
      expectNoRise(accepted, guarded.noise);
      // From this start there is a second valley, whose floor is just below 4.
      expect(accepted.at(-1)).toBeLessThan(size === 2 ? 1e-9 : 4);
      expect(losses.length).toBeLessThan(1500);
    },
  );

  test("comes to the minimum of quadratics of every condition and size", async () => {
    for (const size of [1, 2, 10, 100, 1000]) {
      for (const condition of [1, 1e2, 1e4]) {
        const { accepted, losses } = await minimise(quadratic(condition), waves(size), guarded, 800);
        expectNoRise(accepted, guarded.noise);
        expect(accepted.at(-1)).toBeLessThan(1e-5 * losses[0]);
      }
    }
  });

  test("spends about one evaluation on a step", async () => {
    const { accepted, losses } = await minimise(quadratic(1000), waves(1000), guarded, 200);
    expect(accepted.length).toBeGreaterThan(0.93 * losses.length);
  });

  test("keeps out of where the function is not a number", async () => {
    // Σ 10x − log x: the minimum is at 0.1, next to where there is no logarithm.
    const barrier: Objective = (x, gradient) => {
      let loss = 0;
      for (let i = 0; i < x.length; i++) {
        loss += 10 * x[i] - Math.log(x[i]);
        gradient[i] = 10 - 1 / x[i];
      }
      return loss;
    };
    const start = Float32Array.from({ length: 20 }, (_, i) => 0.2 + i);
    const { optimizer, accepted, losses } = await minimise(
      barrier,
      start,
      { ...guarded, firstStep: 5 },
      1000,
    );
    expect(losses.some(Number.isNaN)).toBe(true);
    expectNoRise(accepted, guarded.noise);
    for (const x of optimizer.accepted) expect(x).toBeCloseTo(0.1, 3);
  });

  test("rejects a trial whose gradient is not finite, whatever its loss", async () => {
    const optimizer = await lbfgs(new Float32Array(2), guarded);
    await optimizer.tell(1, Float32Array.of(1, 0));
    expect(await optimizer.tell(-5, Float32Array.of(Number.NaN, 0))).toBe(false);
    expect(await optimizer.tell(-5, Float32Array.of(0, Number.POSITIVE_INFINITY))).toBe(false);
    expect(await optimizer.tell(Number.NEGATIVE_INFINITY, Float32Array.of(0, 0))).toBe(false);
    expect(await optimizer.tell(0.5, Float32Array.of(1, 0))).toBe(true);
  });

  test("stays put on a flat function, and says so", async () => {
    const { optimizer, losses } = await minimise(() => 7, Float32Array.of(1, 2), guarded, 10);
    expect(losses).toEqual([7]);
    expect(optimizer.stalled).toBe(true);
    expect([...optimizer.point]).toEqual([1, 2]);
  });

  test("stays put where every trial is worse, and begins anew when told again", async () => {
    const optimizer = await lbfgs(Float32Array.of(1), guarded);
    await optimizer.tell(1, Float32Array.of(1));
    let evaluations = 1;
    for (; !optimizer.stalled; evaluations++) expect(await optimizer.tell(2, Float32Array.of(1))).toBe(false);
    expect(evaluations).toBeLessThan(40);
    expect(optimizer.point[0]).toBe(1);
    expect(optimizer.accepted[0]).toBe(1);
    // The weights have been changed: another function, higher here, that falls to the right.
    expect(await optimizer.tell(5, Float32Array.of(-1))).toBe(true);
    expect(optimizer.stalled).toBe(false);
    expect(optimizer.point[0]).toBeGreaterThan(1);
    expect(await optimizer.tell(4.5, Float32Array.of(-1))).toBe(true);
  });

  test("gives up what it learned where it leads nowhere, and goes straight down instead", async () => {
    const optimizer = await lbfgs(Float32Array.of(3, -2), guarded);
    const gradient = new Float32Array(2);
    // Two steps on a plain teach steps far too long for the valley that follows.
    for (let k = 0; k < 3; k++) {
      gradient.set(optimizer.point.map((x) => 1e-9 * x));
      await optimizer.tell(0.5e-9 * optimizer.point.reduce((sum, x) => sum + x ** 2, 0), gradient);
    }
    const valley = quadratic(10);
    let loss = Number.POSITIVE_INFINITY;
    for (let k = 0; k < 200 && loss > 1e-9; k++) {
      loss = valley(optimizer.point, gradient);
      await optimizer.tell(loss, gradient);
    }
    expect(loss).toBeLessThan(1e-9);
  });

  test("makes for the nearest valley of a function that bends both ways", async () => {
    // Σ 1 + cos x, from next to its top
    const hills: Objective = (x, gradient) => {
      let loss = 0;
      for (let i = 0; i < x.length; i++) {
        loss += 1 + Math.cos(x[i]);
        gradient[i] = -Math.sin(x[i]);
      }
      return loss;
    };
    const start = Float32Array.from({ length: 30 }, (_, i) => 0.001 * (i + 1));
    const { accepted, losses } = await minimise(hills, start, { ...guarded, firstStep: 0.01 }, 200);
    expectNoRise(accepted, guarded.noise);
    expect(accepted.at(-1)).toBeLessThan(1e-6);
    expect(losses.length).toBeLessThan(100);
  });

  test("is not stopped by a loss that float32 has rounded", async () => {
    // The large constant hides everything below 1e-4 from the loss, not from the gradient.
    const hidden: Objective = (x, gradient) => Math.fround(1000 + quadratic(100)(x, gradient));
    const { optimizer, accepted } = await minimise(hidden, waves(50), guarded, 150);
    expectNoRise(accepted, guarded.noise);
    expect(quadratic(100)(optimizer.accepted, new Float32Array(50))).toBeLessThan(1e-6);
  });

  test("never accepts a higher loss on a random smooth function", async () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const wave = fc.record({
      height: number,
      along: fc.array(number, { minLength: 4, maxLength: 4 }),
      shift: number,
    });
    const settings = fc.record({
      history: fc.integer({ min: 1, max: 12 }),
      firstStep: fc.constantFrom(1e-4, 0.1, 100),
      noise: fc.constantFrom(0, 1e-6, 1e-3),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(wave, { minLength: 1, maxLength: 6 }),
        settings,
        fc.boolean(),
        async (terms, chosen, holes) => {
          const objective: Objective = (x, gradient) => {
            const sum = new Float64Array(4);
            let loss = 0;
            x.forEach((v, i) => {
              loss += 0.05 * v * v;
              sum[i] += 0.1 * v;
            });
            for (const { height, along, shift } of terms) {
              const phase = along.reduce((total, a, i) => total + a * x[i], shift);
              loss += height * Math.sin(phase);
              for (let i = 0; i < 4; i++) sum[i] += height * Math.cos(phase) * along[i];
            }
            gradient.set(sum);
            return holes && Math.sin(7 * x[0]) > 0.5 && x[0] !== 0 ? Number.NaN : loss;
          };
          const options = { manner: "safeguarded", ...chosen } as const;
          const { accepted, losses } = await minimise(objective, new Float32Array(4), options, 120);
          expectNoRise(accepted, chosen.noise);
          expect(accepted.at(-1)).toBeLessThanOrEqual(losses[0] + chosen.noise * Math.abs(losses[0]));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("refuses to begin where the function is not finite", async () => {
    const begin = async () =>
      (await lbfgs(new Float32Array(1), guarded)).tell(Number.NaN, Float32Array.of(1));
    await expect(begin()).rejects.toThrow(ImpastoError);
    await expect(begin()).rejects.toThrow(
      "Expected a finite loss and gradient at the start but received NaN",
    );
  });

  test.each([
    [{ firstStep: 0 }, "Expected a finite number above 0 for firstStep but received 0"],
    [{ noise: -1 }, "Expected a number in [0, 1) for noise but received -1"],
    [{ history: 0 }, "Expected a positive integer for history but received 0"],
  ])("refuses %j", async (wrong, message) => {
    const make = lbfgs(new Float32Array(1), { ...guarded, ...wrong });
    await expect(make).rejects.toThrow(MisuseError);
    await expect(make).rejects.toThrow(message);
  });

  test("refuses a gradient of another size", async () => {
    const optimizer = await lbfgs(new Float32Array(1), guarded);
    await expect(optimizer.tell(1, new Float32Array(2))).rejects.toThrow(MisuseError);
  });
});
