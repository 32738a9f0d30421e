/**
 * The side that makes pictures: answers questions one after another, as they come through a port. It runs in a thread of
 * its own, in Node and in browsers alike.
 * @module
 */

import { required } from "../required.ts";
import type { Engine } from "../transfer/engine.ts";
import type { Iterate, Stylization } from "../transfer/iterate.ts";
import type { Steering } from "../transfer/options.ts";
import { jobSteps } from "./job.ts";
import { planJob } from "./job-plan.ts";
import {
  type Answer,
  type Answers,
  buffersIn,
  type Kind,
  plainError,
  type Question,
  type Questions,
  type Reply,
  type STOP,
} from "./messages.ts";
import { type EngineDescription, turns } from "./runner.ts";

/** A run that was begun. */
interface Run {
  readonly steps: AsyncGenerator<Iterate, Stylization>;
  readonly controller: AbortController;
  iterate?: Iterate;
  steering?: Steering | undefined;
}

/**
 * Makes what answers messages.
 * @param open opens the engine.
 * @param reply sends an answer, with memory that is handed over.
 */
export function hostJobs<Options>(
  open: (options: Options) => Promise<Engine>,
  reply: <Some extends Kind>(reply: Reply<Some>, handedOver: readonly ArrayBuffer[]) => void,
): <Some extends Kind>(message: Question<Options, Some> | typeof STOP) => void {
  let engine: Engine | undefined;
  let run: Run | undefined;

  function begin({ job, pictures, from, saved, steered, copied }: Questions<Options>["begin"]): Run {
    const controller = new AbortController();
    const steer = steered ? () => begun.steering : undefined;
    const controls = { signal: controller.signal, steer, from, saved };
    const opened = required(engine, "engine");
    const { memory = Number.POSITIVE_INFINITY } = opened;
    const steps = jobSteps(job, pictures, { ...opened, memory: memory - copied }, controls);
    const begun: Run = { steps, controller };
    return begun;
  }

  async function next({ steering }: Questions<Options>["next"]): Promise<Answers["next"]> {
    const current = required(run, "run");
    if (steering !== undefined) current.steering = steering;
    const step = await current.steps.next();
    if (step.done) return { result: step.value };
    current.iterate = step.value;
    const { picture: _, state: __, ...iterate } = step.value;
    return { iterate };
  }

  const answers: { readonly [K in Kind]: (words: Questions<Options>[K]) => Promise<Answers[K]> } = {
    async open(options) {
      engine = await open(options);
      return describe(engine);
    },
    plan: async ({ job, sizes, controls }) => planJob(job, sizes, required(engine, "engine"), controls),
    async begin(words) {
      run = begin(words);
    },
    next,
    picture: async () => required(run?.iterate, "iterate").picture(),
    state: async () => required(run?.iterate, "iterate").state(),
    async end() {
      const ending = run;
      run = undefined;
      // Told of an error it releases what it holds, and throws the same again.
      await ending?.steps.throw(new Error("The run is ended.")).catch(() => {});
    },
  };

  async function answer<Some extends Kind>(kind: Some, words: Questions<Options>[Some]): Promise<void> {
    const sent: Answer<Answers[Some]> = await answers[kind](words).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: plainError(error) }),
    );
    reply({ kind, answer: sent }, buffersIn(sent));
  }

  const inTurn = turns();
  return (message) => {
    if (!("words" in message)) run?.controller.abort();
    else void inTurn(() => answer(message.kind, message.words));
  };
}

/** What others may know of an engine. */
const describe = ({ network, runtime, memory, note, deviceNote }: Engine): EngineDescription => ({
  network: { name: network.name, checksum: network.checksum, standsIn: network.standsIn },
  runtime: { device: runtime.device, threads: runtime.threads },
  memory,
  note,
  deviceNote,
});
