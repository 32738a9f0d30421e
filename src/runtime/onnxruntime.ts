/**
 * Runs graphs with ONNX Runtime, whichever of its packages it is given: the native one, WebAssembly, or WebGPU in a browser.
 * It imports none of them.
 * @module
 */
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-common";
import { ImpastoError } from "../errors.ts";
import { fingerprint } from "../graph/fingerprint.ts";
import { type MadeConstants, type OnnxModel, writeOnnx } from "../graph/onnx.ts";
import { formatShape, type Shape, ShapeError, sizeOf } from "../graph/shape.ts";
import { type Capabilities, input, type Tensor } from "../graph/tensor.ts";
import { type KeepingRuntime, keepingPrograms } from "./kept-programs.ts";
import type { DeviceLimits } from "./limits.ts";
import type { DeviceOutputs, DeviceProgram, DeviceTensor, RealDevice, Runtime } from "./runtime.ts";

/** What every package of ONNX Runtime has. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/** A device as one of the packages offers it. */
export interface OnnxDevice {
  readonly device: RealDevice;
  readonly threads: number;
  readonly capabilities: Capabilities;
  readonly session: InferenceSession.SessionOptions;
  /** Whether results can stay on the device. */
  readonly keepsValues: boolean;
  /** None, when absent. */
  readonly limits?: DeviceLimits;
  /** How many bytes of activations programs may have had that are kept for graphs that are the same. */
  readonly keep: number;
}

/** A runtime on a device, keeping programs. */
export function onnxRuntimeOn(ort: OnnxRuntime, device: OnnxDevice): KeepingRuntime {
  const numbers = new WeakMap<Float32Array, number>();
  let arrays = 0;
  const numberOf = (values: Float32Array): number => {
    const number = numbers.get(values) ?? ++arrays;
    numbers.set(values, number);
    return number;
  };
  const { runtime, letGo } = plainRuntimeOn(ort, device);
  const keyOf = (outputs: Readonly<Record<string, Tensor>>) =>
    fingerprint(outputs, device.capabilities, numberOf);
  const keeping = keepingPrograms(runtime, keyOf, device.keep);
  return {
    ...keeping,
    async release() {
      await keeping.release();
      await letGo();
    },
  };
}

/** The runtime, and what lets go of the programs that it has for itself. */
function plainRuntimeOn(
  ort: OnnxRuntime,
  target: OnnxDevice,
): { readonly runtime: Runtime; letGo(): Promise<void> } {
  const { device, threads, capabilities, session, keepsValues, limits = {} } = target;
  const made: MadeConstants = new WeakMap();
  const open = async (outputs: Readonly<Record<string, Tensor>>, kept: readonly string[] = []) => {
    const model = writeOnnx(outputs, { capabilities, made });
    const places = Object.fromEntries(
      Object.keys(outputs).map((name) => [name, kept.includes(name) ? "gpu-buffer" : "cpu"] as const),
    );
    const options = kept.length > 0 ? { ...session, preferredOutputLocation: places } : session;
    return { model, opened: await ort.InferenceSession.create(model.bytes, options) };
  };
  const release = async (opened: InferenceSession): Promise<void> => {
    if (session.enableProfiling) opened.endProfiling();
    await opened.release();
  };
  const tensor = (values: Float32Array, shape: Shape): OrtTensor => new ort.Tensor("float32", values, shape);
  const sharedOf = ({ shared }: OnnxModel) =>
    [...shared].map(([name, { values, shape }]) => [name, tensor(values, shape)] as const);
  const readers = new Map<string, Promise<DeviceProgram>>();

  async function compile(outputs: Readonly<Record<string, Tensor>>) {
    const { model, opened } = await open(outputs);
    const shared = sharedOf(model);
    return {
      async run(inputs: Readonly<Record<string, Float32Array>>) {
        const feeds = [...model.inputs].map(
          ([name, shape]) => [name, tensor(checked(inputs[name], name, shape), shape)] as const,
        );
        const results = await opened.run(Object.fromEntries([...feeds, ...shared]));
        return Object.fromEntries(
          Object.entries(results).map(([name, { data }]) => [name, floats(name, data)]),
        );
      },
      release: () => release(opened),
    };
  }

  async function compileOnDevice({ read, kept }: DeviceOutputs): Promise<DeviceProgram> {
    const { model, opened } = await open({ ...read, ...kept }, Object.keys(kept));
    const shared = sharedOf(model);
    return {
      async run(inputs) {
        const feeds = [...model.inputs].map(([name, shape]) => {
          const values = inputs[name];
          return [
            name,
            values instanceof ResidentTensor
              ? values.checked(name, shape)
              : tensor(checked(values instanceof Float32Array ? values : undefined, name, shape), shape),
          ] as const;
        });
        const results = await opened.run(Object.fromEntries([...feeds, ...shared]));
        const gives = (names: Readonly<Record<string, Tensor>>) =>
          Object.entries(results).filter(([name]) => name in names);
        return {
          read: Object.fromEntries(gives(read).map(([name, { data }]) => [name, floats(name, data)])),
          kept: Object.fromEntries(
            gives(kept).map(([name, value]) => [name, new ResidentTensor(value, readBack)]),
          ),
        };
      },
      release: () => release(opened),
    };
  }

  /** Copies values out by a program that does nothing else: the native package has no other way. */
  async function readBack(values: ResidentTensor): Promise<Float32Array> {
    const key = formatShape(values.shape);
    const reader =
      readers.get(key) ?? compileOnDevice({ read: { values: input("resident", values.shape) }, kept: {} });
    readers.set(key, reader);
    reader.catch(() => readers.delete(key));
    const { read } = await (await reader).run({ resident: values });
    return floats("values", read.values);
  }

  return {
    runtime: { device, threads, limits, compile, ...(keepsValues ? { compileOnDevice } : {}) },
    async letGo() {
      const opened = await Promise.allSettled(readers.values());
      readers.clear();
      for (const reader of opened) if (reader.status === "fulfilled") await reader.value.release();
    },
  };
}

/** Values in a device's memory. */
class ResidentTensor implements DeviceTensor {
  readonly shape: Shape;
  readonly #values: OrtTensor;
  readonly #read: (values: ResidentTensor) => Promise<Float32Array>;

  constructor(values: OrtTensor, read: (values: ResidentTensor) => Promise<Float32Array>) {
    this.shape = values.dims;
    this.#values = values;
    this.#read = read;
  }

  /** What is fed. @throws ShapeError when it is of another shape. */
  checked(name: string, shape: Shape): OrtTensor {
    if (formatShape(shape) === formatShape(this.shape)) return this.#values;
    throw new ShapeError(`input ${name}`, "the shape it was declared with", [this.shape, shape]);
  }

  read(): Promise<Float32Array> {
    return this.#read(this);
  }

  release(): void {
    this.#values.dispose();
  }
}

function checked(values: Float32Array | undefined, name: string, shape: Shape): Float32Array {
  if (values?.length !== sizeOf(shape)) {
    throw new ShapeError(
      `input ${name}`,
      `${sizeOf(shape)} values`,
      values ? [[values.length], shape] : [shape],
    );
  }
  return values;
}

function floats(name: string, data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new ImpastoError(`ONNX Runtime gave ${name} in another type than float32.`);
}
