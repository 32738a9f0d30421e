/**
 * What a worker tells: one record for each thing that happens, with the job that it happened to, for logs of people and of
 * programs, and for counters.
 * @module
 */

/** What happened to a job. */
export type JobEvent = {
  readonly job: string;
  readonly output: string;
} & (
  | { readonly event: "begun"; readonly attempt: number }
  | {
      readonly event: "made";
      readonly seconds: number;
      readonly evaluations: number;
      readonly resumed: boolean;
    }
  /** It was there already, of an attempt whose end was not told. */
  | { readonly event: "finished" }
  /** Given back, with what was made of it saved. */
  | { readonly event: "left" }
  /** Another try will be made. */
  | { readonly event: "retried"; readonly reason: string }
  | { readonly event: "failed"; readonly reason: string }
  | { readonly event: "note"; readonly text: string }
);

/** What happened to the worker. */
export type WorkerEvent =
  | JobEvent
  | { readonly event: "ready"; readonly queue: string; readonly storage: string }
  | { readonly event: "redis-lost"; readonly reason: string }
  | { readonly event: "redis-back" }
  /** A job whose worker was lost was put back. */
  | { readonly event: "stalled"; readonly job: string }
  | { readonly event: "stopped" };

/** In words for a person; undefined for what nobody needs to read. */
export function writeEvent(event: WorkerEvent): string | undefined {
  switch (event.event) {
    case "ready":
      return `Takes pictures from ${event.queue}, with ${event.storage}.`;
    case "begun":
      return undefined;
    case "made":
      return `Made ${event.output} (${event.seconds.toFixed(1)} s${event.resumed ? ", gone on with" : ""})`;
    case "finished":
      return `${event.output} was made before.`;
    case "left":
      return `Gave back ${event.output}, with what was made of it.`;
    case "retried":
      return `${event.output}: ${event.reason} It is tried again.`;
    case "failed":
      return `Failed ${event.output}: ${event.reason}`;
    case "note":
      return `${event.output}: ${event.text}`;
    case "redis-lost":
      return `Redis is gone (${event.reason}): waiting for it.`;
    case "redis-back":
      return "Redis is back.";
    case "stalled":
      return `The worker of job ${event.job.slice(0, 12)} was lost: the job waits for another.`;
    case "stopped":
      return "Stopped.";
  }
}
