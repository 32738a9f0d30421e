/**
 * The objective of a picture that is looked at whole, on a device that keeps it there: targets and masks go up once,
 * variables and gradient stay, and the losses alone are read.
 * @module
 */
import { topologicalOrder } from "../graph/gradients.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Size } from "../image/size.ts";
import { required } from "../required.ts";
import type { DeviceTensor } from "../runtime/runtime.ts";
import type { DevicePlace, DeviceVector } from "./device-place.ts";
import { type DeviceCompiler, DevicePrograms } from "./device-programs.ts";
import { type Guidance, guidanceArrays } from "./guidance.ts";
import { levelledGraph } from "./level.ts";
import type { Look } from "./look.ts";
import type { Arrays } from "./named.ts";
import { lossReport, type Objective, objectiveGraph, weightArrays } from "./objective.ts";
import type { Term } from "./term.ts";

/**
 * Builds and compiles the objective.
 * @param targets looked up at each evaluation; what has changed goes up anew.
 * @param isLevelled whether the gradient is; see level.ts.
 * @param place who holds what there: optimisers go on holding gradients.
 */
export async function compileDeviceObjective(
  compile: DeviceCompiler,
  size: Size,
  targets: Arrays,
  terms: readonly Term[],
  look: Look,
  guidance: Guidance,
  isLevelled: boolean,
  place: DevicePlace,
): Promise<Objective<DeviceVector>> {
  const { losses, total, gradient } = objectiveGraph(size, terms, look, guidance);
  const kept = { gradient: isLevelled ? levelledGraph(gradient) : gradient };
  const program = await compile({ read: { ...losses, total }, kept });
  const inputs = inputsOf([...Object.values(losses), total, ...Object.values(kept)]);
  // Kept until nothing that came of them is held: a device's values do not outlive the program that made them.
  const uploads = new DevicePrograms(compile);
  const residents = new Map<string, { readonly values: Float32Array; readonly vector: DeviceVector }>();
  const guides = guidanceArrays(guidance);
  let last: DeviceVector | undefined;

  /** What the graph takes of these arrays, sent up where it is not there yet. */
  async function resident(arrays: Arrays): Promise<Readonly<Record<string, DeviceTensor>>> {
    const asked = Object.entries(arrays).filter(([name]) => inputs.has(name));
    const fresh = asked.filter(([name, values]) => residents.get(name)?.values !== values);
    if (fresh.length > 0) {
      const names = fresh.map(([name]) => name);
      const copies = names.map((name, i) => [`copy${i}`, required(inputs.get(name), name)] as const);
      const graph = () => ({ kept: Object.fromEntries(copies) });
      const { kept } = await uploads.run(names.join(), graph, Object.fromEntries(fresh));
      for (const [i, [name, values]] of fresh.entries()) {
        const before = residents.get(name);
        if (before) place.drop(before.vector);
        residents.set(name, { values, vector: place.hold(required(kept[`copy${i}`], name)) });
      }
    }
    return Object.fromEntries(
      asked.map(([name]) => [name, required(residents.get(name), name).vector.tensor]),
    );
  }

  return {
    async evaluate({ tensor }, weights) {
      const { read, kept } = await program.run({
        ...(await resident(targets)),
        ...(await resident(guides)),
        ...weightArrays(terms, weights),
        variables: tensor,
      });
      if (last) place.drop(last);
      last = place.hold(required(kept.gradient, "gradient of the loss"));
      return { loss: lossReport(read), gradient: last };
    },
    async release() {
      const vectors = [...residents.values()].map(({ vector }) => vector);
      for (const vector of last ? [last, ...vectors] : vectors) place.drop(vector);
      await uploads.close();
      await program.release();
    },
  };
}

/** The inputs that a graph takes, by their names. */
function inputsOf(outputs: readonly Tensor[]): ReadonlyMap<string, Tensor> {
  const leaves = topologicalOrder(outputs).flatMap((tensor) =>
    tensor.leaf && "input" in tensor.leaf ? [[tensor.leaf.input, tensor] as const] : [],
  );
  return new Map(leaves);
}
