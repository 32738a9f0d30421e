/** What a function is at a point. */
export interface LossAndGradient {
  readonly loss: number;
  readonly gradient: Float32Array;
}

/** A valley whose floor is bent, so that line searches fail now and then: Σ 5(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)². */
export function valley(point: Float32Array): LossAndGradient {
  const gradient = new Float32Array(point.length);
  let loss = 0;
  for (let i = 0; i + 1 < point.length; i++) {
    const bend = point[i + 1] - point[i] ** 2;
    loss += 5 * bend ** 2 + (1 - point[i]) ** 2;
    gradient[i] += -20 * point[i] * bend - 2 * (1 - point[i]);
    gradient[i + 1] += 10 * bend;
  }
  return { loss, gradient };
}
