/**
 * The commands of a queue, as commander sees them: the worker that takes jobs from it, and what looks at it and steers it.
 * @module
 */
import type { Command } from "commander";
import { optionFlags } from "./flags.ts";
import { QUEUED, WORDS } from "./help-groups.ts";

const ADDRESS = "where the queue is: redis://host, or in full rediss://user:password@host:port/database";

/** Adds them. */
export function addQueueCommands(program: Command): void {
  addWorker(program);
  addQueue(program);
}

function addWorker(program: Command): void {
  const worker = program
    .command("worker")
    .summary("make the pictures that others put on a queue")
    .description(
      "Makes the pictures that `impasto batch --queue` put on a queue, until it is stopped; then it saves what it is at, and gives it back for another worker to go on with.",
    )
    .optionsGroup(QUEUED)
    .requiredOption("--queue <address>", ADDRESS)
    .option(
      "--storage <folder>",
      "the folder with inputs and results, as this machine sees it, or s3://bucket/folder (default: the current folder)",
    )
    .option("--concurrency <n>", "pictures at once, which share memory and cores", "1")
    .option(
      "--lost-after <seconds>",
      "how long nothing is to be heard of a worker before others take its jobs; the same for all",
      "30",
    )
    .option("--checkpoint-every <seconds>", "how often a picture on its way is saved to the storage", "10")
    .option("--metrics <port>", "offer /metrics for Prometheus, and /health, at this port or host:port");
  for (const flag of optionFlags(["device", "threads", "memory"], WORKER_DEFAULTS)) worker.addOption(flag);
  worker
    .optionsGroup(WORDS)
    .option("--json", "print what happens as JSON, a line for each event, on standard output")
    .option("--quiet", "say nothing but errors")
    .option("--debug", "show where an error comes from")
    .action(async (flags: Record<string, unknown>) => {
      const { workerCommand } = await import("./commands/worker.ts");
      await workerCommand(flags);
    });
}

const WORKER_DEFAULTS = {
  device: "as the job says",
  threads: "as the job says, else the cores divided by --concurrency",
};

function addQueue(program: Command): void {
  const queue = program
    .command("queue")
    .summary("look at a queue, or steer it")
    .description("Looks at a queue of pictures, or steers it.");
  addAction(
    queue,
    "status",
    "Says how many are done, running, failed and waiting, and how long they will take.",
  )
    .option("--watch", "go on saying it until nothing is left")
    .option("--json", "print one JSON object; with --watch, one a line each second");
  addAction(queue, "pause", "Lets workers take no more; what they are at they finish.");
  addAction(queue, "resume", "Lets workers go on taking pictures.");
  addAction(queue, "retry", "Puts all that failed back on the queue.");
  addAction(queue, "drain", "Takes all that waits off the queue; what is being made is finished.");
  for (const command of queue.commands) command.option("--debug", "show where an error comes from");
}

/** Adds one of them. */
function addAction(queue: Command, name: string, description: string): Command {
  return queue
    .command(name)
    .description(description)
    .requiredOption("--queue <address>", ADDRESS)
    .action(async (flags: Record<string, unknown>) => {
      const { queueCommand } = await import("./commands/queue.ts");
      await queueCommand(name, flags);
    });
}
