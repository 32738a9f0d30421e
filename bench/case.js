// @ts-check
/**
 * One case of the bench, in a process of its own so that its peak memory is its own.
 * Prints one JSON line. Usage: node bench/case.js '{"network": "vgg19", "width": 512, "height": 384, …}'
 */
import { openEngine, stylize } from "../dist/index.js";

/** A picture that costs what any other costs: every pixel different, nothing flat. */
const picture = (/** @type {number} */ width, /** @type {number} */ height) => ({
  width,
  height,
  rgb: Float32Array.from({ length: 3 * width * height }, (_, index) => ((index * 7919) % 10007) / 10007),
});

/** Another, which no optimisation reaches at once. */
const painting = (/** @type {number} */ width, /** @type {number} */ height) => ({
  width,
  height,
  rgb: Float32Array.from(
    { length: 3 * width * height },
    (_, index) => 0.5 + 0.5 * Math.sin((index % width) / 5),
  ),
});

/** Left or right: soft where the halves meet. */
const half = (/** @type {boolean} */ left) => ({
  width,
  height,
  values: Float32Array.from({ length: width * height }, (_, index) => {
    const part = Math.min(1, Math.max(0, 10 * ((index % width) / width - 0.5) + 0.5));
    return left ? 1 - part : part;
  }),
});

const { width, height, iterations, styles: which, ...options } = JSON.parse(process.argv[2] ?? "{}");
const { network, device, threads } = options;
const began = performance.now();
const engine = await openEngine({ device, network, ...(threads === undefined ? {} : { threads }) });
const opened = performance.now();
const one = { picture: painting(width, height), weight: 1 };
const steps = stylize(
  {
    content: picture(width, height),
    styles:
      which === "one"
        ? [one]
        : [true, false].map((left) => ({ ...one, ...(which === "masked" ? { mask: half(left) } : {}) })),
    options: {
      init: "content",
      size: Math.max(width, height),
      iterations,
      ...options,
    },
  },
  engine,
);
let step = await steps.next();
const first = performance.now();
while (!step.done) step = await steps.next();
const { secondsPerEvaluation } = step.value;
console.log(
  JSON.stringify({
    device: engine.runtime.device,
    threads: engine.runtime.threads,
    open: (opened - began) / 1000,
    firstStep: (first - opened) / 1000,
    secondsPerEvaluation,
    peakMemory: process.resourceUsage().maxRSS * 1024,
  }),
);
