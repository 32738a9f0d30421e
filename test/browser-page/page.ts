/**
 * What the tests do within a browser, by the built package as a bundler gives it to pages.
 * @module
 */
import {
  decodePicture,
  drain,
  type Engine,
  type EngineOptions,
  encodePicture,
  ImpastoError,
  type Iterate,
  type Job,
  type JobIo,
  jobOf,
  loadRun,
  type Measurement,
  type MeasureRequest,
  measure,
  type OptionsInput,
  openEngine,
  openRunner,
  type Picture,
  type ReadOptions,
  readInput,
  runJob,
  type Size,
  type Stylization,
  saveRun,
  stylize,
} from "impasto/browser";
import { add, expand, input, scalar, scale, square, total } from "impasto/graph";
import { type Found, find } from "./find.ts";

type Device = "wasm" | "webgpu";

const BY_WASM = { device: "wasm", threads: 2 } as const;

async function using<Result>(options: EngineOptions, use: (engine: Engine) => Promise<Result>) {
  const engine = await openEngine(options);
  try {
    return await use(engine);
  } finally {
    await engine.close?.();
  }
}

/** An error's name and message; an ImpastoError says that it is one. */
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no error",
    (error: unknown) => `${error instanceof ImpastoError}: ${error instanceof Error ? error.message : error}`,
  );

const examples = (names: readonly string[]): Promise<readonly File[]> =>
  Promise.all(names.map(async (name) => new File([await (await fetch(`/examples/${name}`)).blob()], name)));

/** A job of two pictures that are fetched, and where it reads them from. */
async function jobWith(options: OptionsInput, engine: Parameters<typeof jobOf>[3]) {
  const [content, style] = await Promise.all(
    (await examples(["cat.png", "starry_night.jpg"])).map((file) => readInput(file)),
  );
  const inputs = { content: content.facts, styles: [{ ...style.facts, weight: 1 }] };
  const io: JobIo = {
    read: async ({ name }) => (name === content.facts.name ? content.picture : style.picture),
  };
  return { job: jobOf(inputs, options, content.picture, engine), io };
}

/** The same job where WebAssembly runs it. */
const byWasm = (job: Job): Job => ({
  ...job,
  device: BY_WASM.device,
  options: { ...job.options, ...BY_WASM },
});

/** A file. */
interface NamedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name: string;
}

/** What came of a run, and its losses by evaluation. */
export interface Outcome {
  readonly result: Stylization;
  readonly losses: readonly number[];
}

async function outcomeOf(
  run: (follow: (iterate: Iterate) => unknown) => Promise<Stylization>,
): Promise<Outcome> {
  const losses: number[] = [];
  const result = await run(({ loss }) => losses.push(loss.total));
  return { result, losses };
}

/** The device that ONNX Runtime asks the browser for. */
function watchDevices(): readonly GPUDevice[] {
  const devices: GPUDevice[] = [];
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    devices.push(device);
    return device;
  };
  return devices;
}

/** Four times 1, 2 and 3, which stay on the device meanwhile. */
async function doubledTwice({ runtime }: Engine): Promise<Float32Array | undefined> {
  const program = await runtime.compileOnDevice?.({ read: {}, kept: { y: scale(2, input("x", [3])) } });
  const once = await program?.run({ x: Float32Array.of(1, 2, 3) });
  const twice = once && (await program?.run({ x: once.kept.y }));
  return twice?.kept.y.read();
}

const actions = {
  find: (options: EngineOptions, picture: Picture): Promise<Found> =>
    using(options, (engine) => find(engine, picture)),

  measure: (options: EngineOptions, request: MeasureRequest): Promise<Measurement> =>
    using(options, (engine) => measure(request, engine)),

  /** @param needed the size that is needed of it. */
  decode: (
    { bytes, name }: NamedBytes,
    { needed, ...options }: Omit<ReadOptions, "neededSize"> & { readonly needed?: Size } = {},
  ): Promise<Picture> =>
    decodePicture(bytes, name, {
      ...options,
      ...(needed === undefined ? {} : { neededSize: () => needed }),
    }),

  refusal: ({ bytes, name }: NamedBytes): Promise<string> => failureOf(decodePicture(bytes, name)),

  encode: (picture: Picture, options: Parameters<typeof encodePicture>[2]) =>
    encodePicture(picture, "png", options),

  opening: (options: EngineOptions): Promise<string> => failureOf(openEngine(options)),

  /** Repaints in this thread. */
  stylize: (options: OptionsInput): Promise<Outcome> =>
    using(BY_WASM, async (engine) => {
      const [content, painting] = await Promise.all(
        (await examples(["cat.png", "starry_night.jpg"])).map(
          async (file) => (await readInput(file)).picture,
        ),
      );
      const styles = [{ picture: painting, weight: 1 }];
      return outcomeOf((follow) => drain(stylize({ content, styles, options }, engine), follow));
    }),

  /**
   * Runs a job in a worker, counting how often this thread has its turn meanwhile; then again, ends the worker in the middle
   * of an evaluation, and goes on in another from what was saved before.
   */
  async endWorker(options: OptionsInput, at: number) {
    const first = await openRunner(BY_WASM);
    const { job, io } = await jobWith(options, first.engine);
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 5);
    const whole = await outcomeOf((follow) => first.run(job, io, {}, follow));
    clearInterval(turning);
    let saved = new Uint8Array();
    const failure = await failureOf(
      first.run(job, io, { saved: true }, async (iterate) => {
        if (iterate.evaluation === at)
          saved = Uint8Array.from(saveRun({ job, state: await iterate.state() }));
        if (iterate.evaluation === at + 1) setTimeout(() => first.close());
      }),
    );
    const second = await openRunner(BY_WASM);
    const run = loadRun(saved);
    const resumed = await outcomeOf((follow) => second.run(run.job, io, { from: run.state }, follow));
    await second.close();
    return { whole, turns, failure, resumed };
  },

  /** Looks at a picture on a graphics card, destroys it in the middle of a run, and goes on by WebAssembly. */
  async loseDevice(picture: Picture, options: OptionsInput, at: number) {
    const devices = watchDevices();
    const gpu = await openEngine({ device: "webgpu", threads: 2 });
    const found = await find(gpu, picture);
    const kept = await doubledTwice(gpu);
    const { job, io } = await jobWith(options, gpu);
    let saved = new Uint8Array();
    const failure = await failureOf(
      runJob(job, gpu, io, { saved: true }, async (iterate) => {
        if (iterate.evaluation !== at) return;
        saved = Uint8Array.from(saveRun({ job, state: await iterate.state() }));
        setTimeout(() => devices.at(-1)?.destroy());
      }),
    );
    await gpu.close?.();
    // ONNX Runtime may wait for the device here for ever; a worker has its own.
    const runner = await openRunner(BY_WASM);
    const run = loadRun(saved);
    const controls = { from: run.state };
    const resumed = await outcomeOf((follow) => runner.run(byWasm(run.job), io, controls, follow));
    await runner.close();
    return { found, kept, failure, resumed };
  },

  /** Asks for more memory than WebAssembly can have, and then for little. */
  exhaust: (device: Device, side: number): Promise<readonly [string, number]> =>
    using({ device, threads: 2 }, async ({ runtime }) => {
      const huge = { sum: total(square(expand(input("x", [1, 1]), [side, side]))) };
      const failure = await failureOf(
        runtime.compile(huge).then((program) => program.run({ x: Float32Array.of(1) })),
      );
      const program = await runtime.compile({ sum: add(input("x", []), scalar(1)) });
      const { sum } = await program.run({ x: Float32Array.of(1) });
      return [failure, sum[0]];
    }),
};

declare global {
  /** What the tests call. */
  var page: typeof actions;
}

Object.assign(globalThis, { page: actions });
