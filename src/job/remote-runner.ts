/**
 * The side that asks for pictures: a runner whose jobs are run at the other end of a port, so that this thread is free to
 * answer people meanwhile.
 * @module
 */
import { ImpastoError } from "../errors.ts";
import { type Iterate, requireCurrent, type Stylization } from "../transfer/iterate.ts";
import { drain } from "../transfer/stylize.ts";
import { type JobControls, readPictures } from "./job.ts";
import {
  type Answers,
  buffersIn,
  errorFrom,
  type Kind,
  type PlainIterate,
  type Question,
  type Questions,
  type Reply,
  STOP,
} from "./messages.ts";
import { type JobRunner, turns } from "./runner.ts";

/** The thread at the other end is gone, and no job can be run there any more. */
export class EngineEndedError extends ImpastoError {
  override readonly name = "EngineEndedError";
}

/** A thread that answers. */
export interface Port<Options> {
  post<Some extends Kind>(
    message: Question<Options, Some> | typeof STOP,
    handedOver: readonly ArrayBuffer[],
  ): void;
  /** Called once, with what takes answers and what takes the thread's end. */
  listen(onReply: <Some extends Kind>(reply: Reply<Some>) => void, onEnd: (why: string) => void): void;
  close(): Promise<void>;
}

/**
 * Opens an engine at the other end of a port.
 * @throws MisuseError and ImpastoError as the engine does; the port is closed then.
 */
export async function openRemoteRunner<Options>(port: Port<Options>, options: Options): Promise<JobRunner> {
  const ask = asking(port);
  try {
    const engine = await ask("open", options);
    const inTurn = turns();
    return {
      engine,
      plan: (job, sizes, controls = {}) => ask("plan", { job, sizes, controls }),
      run: (job, io, controls = {}, onIterate) =>
        inTurn(async () => {
          const pictures = await readPictures(job, io);
          const { from, saved, steer } = controls;
          const words = { job, pictures, from, saved, steered: steer !== undefined };
          const arrays = buffersIn(pictures);
          // What stays here takes memory, too.
          const copied = io.handsOver ? 0 : arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
          await ask("begin", { ...words, copied }, io.handsOver ? arrays : []);
          return drain(steps(ask, port, controls), onIterate);
        }),
      close: () => port.close(),
    };
  } catch (error) {
    await port.close();
    throw error;
  }
}

type Ask<Options> = <Some extends Kind>(
  kind: Some,
  words: Questions<Options>[Some],
  handedOver?: readonly ArrayBuffer[],
) => Promise<Answers[Some]>;

/** Somebody who waits for an answer. */
interface Waiting<Value> {
  resolve(value: Value): void;
  reject(error: Error): void;
}

/** Makes what asks questions through a port. Once the other end is gone, every question fails. */
function asking<Options>(port: Port<Options>): Ask<Options> {
  const waiting: { readonly [K in Kind]: Waiting<Answers[K]>[] } = {
    open: [],
    plan: [],
    begin: [],
    next: [],
    picture: [],
    state: [],
    end: [],
  };
  let ended: EngineEndedError | undefined;
  const receive = <Some extends Kind>({ kind, answer }: Reply<Some>): void => {
    const first = waiting[kind].shift();
    if ("error" in answer) first?.reject(errorFrom(answer.error));
    else first?.resolve(answer.value);
  };
  port.listen(receive, (why) => {
    ended = new EngineEndedError(`The engine stopped: ${why}.`);
    for (const kind of Object.values(waiting)) for (const one of kind.splice(0)) one.reject(ended);
  });
  return (kind, words, handedOver = []) =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      // First, for what cannot be passed on is refused here, and no answer will come.
      port.post({ kind, words }, handedOver);
      waiting[kind].push({ resolve, reject });
    });
}

/** The steps of the run that was begun, as they are made at the other end. */
async function* steps<Options>(
  ask: Ask<Options>,
  port: Port<Options>,
  { signal, steer }: JobControls,
): AsyncGenerator<Iterate, Stylization> {
  const stop = (): void => port.post(STOP, []);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  try {
    while (true) {
      const step = await ask("next", { steering: steer?.() });
      if ("result" in step) return step.result;
      let current = true;
      yield iterateFrom(step.iterate, ask, () => current);
      current = false;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    await ask("end", undefined).catch(() => {});
  }
}

function iterateFrom<Options>(iterate: PlainIterate, ask: Ask<Options>, current: () => boolean): Iterate {
  const askNow = async <Some extends "picture" | "state">(kind: Some): Promise<Answers[Some]> => {
    requireCurrent(current(), iterate.evaluation, kind);
    return ask(kind, undefined);
  };
  return { ...iterate, picture: () => askNow("picture"), state: () => askNow("state") };
}
