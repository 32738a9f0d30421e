/**
 * What runs jobs, one after another: in this thread, or in another behind the same interface.
 * @module
 */
import type { Engine } from "../transfer/engine.ts";
import type { Iterate, Stylization } from "../transfer/iterate.ts";
import { type JobControls, type JobIo, runJob } from "./job.ts";
import { type JobPlan, type JobSizes, type PlanControls, planJob } from "./job-plan.ts";
import type { EngineFacts, Job } from "./recipe.ts";

/** An engine as those see it who do not run it. */
export interface EngineDescription extends EngineFacts {
  readonly network: Pick<Engine["network"], "name" | "checksum" | "standsIn">;
  /** Bytes of memory that the process may use; unbounded when absent. */
  readonly memory?: number | undefined;
  /** One line that says which network it has, and why. */
  readonly note?: string | undefined;
  /** One sentence on why it computes where it does, where somebody might expect another device. */
  readonly deviceNote?: string | undefined;
}

/** Runs jobs. It holds an engine until it is closed. */
export interface JobRunner {
  readonly engine: EngineDescription;
  /**
   * Says what a job would take, before any of its pictures is read. It does not wait for a job that runs, but for its present
   * evaluation at most.
   * @param sizes those that its pictures will be read at.
   * @throws MemoryError where there is too little memory.
   */
  plan(job: Job, sizes: JobSizes, controls?: PlanControls): Promise<JobPlan>;
  /** Runs a job to its end, as {@link runJob} does. A job that is given while another runs waits for it. */
  run(
    job: Job,
    io: JobIo,
    controls?: JobControls,
    onIterate?: (iterate: Iterate) => unknown,
  ): Promise<Stylization>;
  /** Lets go of the engine. */
  close(): Promise<void>;
}

/** Runs jobs in this thread, which is busy as long as an evaluation takes. */
export function runHere(engine: Engine): JobRunner {
  const inTurn = turns();
  return {
    engine,
    plan: async (job, sizes, controls) => planJob(job, sizes, engine, controls),
    run: (job, io, controls, onIterate) => inTurn(() => runJob(job, engine, io, controls, onIterate)),
    close: async () => engine.close?.(),
  };
}

/** Lets pieces of work begin only when those given before have ended. */
export function turns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => {});
    return result;
  };
}
