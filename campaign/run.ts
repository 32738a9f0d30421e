/**
 * Strikes impasto at its work, again and again, and says what did not hold. Run `npm run build` first.
 * Options: --trials n (default 60), --seed n (default 1), --first n (the number of the first trial), --minutes n,
 * --fault name, --work name, --at-once n (trials beside each other, default 1)
 * @module
 */
import { parseArgs } from "node:util";
import { randomFor } from "../training/random.ts";
import { FAULTS } from "./faults.ts";
import { tryWork } from "./trial.ts";
import { allWork } from "./works.ts";

const { values: flags } = parseArgs({
  options: {
    trials: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    minutes: { type: "string", default: "Infinity" },
    fault: { type: "string" },
    work: { type: "string" },
    "at-once": { type: "string", default: "1" },
  },
});

const faults = FAULTS.filter(({ name }) => flags.fault === undefined || name === flags.fault);
const possible = faults.filter((fault) => fault.lacks() === undefined);
for (const { name, lacks } of faults.filter((fault) => !possible.includes(fault))) {
  console.log(`Skipped: ${name} (${lacks()})`);
}
console.log("Skipped: jumps of the clock (nothing here sets another clock for one process)");

const works = (await allWork()).filter(({ name }) => flags.work === undefined || name === flags.work);
const until = performance.now() + 60_000 * Number(flags.minutes);
/** Blows by what struck and what was struck, and how processes ended. */
const table = new Map<string, Map<string, number>>();
let [trials, blows, failures] = [0, 0, 0];

async function tryOne(index: number): Promise<void> {
  const work = works[index % works.length];
  const fault = possible[Math.floor(index / works.length) % possible.length];
  if (work === undefined || fault === undefined)
    throw new Error("There is no such work, or no such fault here.");
  const { ends, problems } = await tryWork(work, fault, randomFor(Number(flags.seed), index));
  trials += 1;
  blows += ends.length;
  const row = table.get(`${fault.name}, ${work.name}`) ?? new Map<string, number>();
  table.set(`${fault.name}, ${work.name}`, row);
  for (const end of ends) row.set(String(end), (row.get(String(end)) ?? 0) + 1);
  console.error(`Trial ${index}: ${fault.name}, ${work.name}, ended with ${ends.join(", ")}`);
  if (problems.length === 0) return;
  failures += 1;
  console.log(`Trial ${index}, ${fault.name}, ${work.name}, ends ${ends.join(", ")}:`);
  for (const problem of problems) console.log(`  ${problem}`);
}

let next = Number(flags.first);
const last = next + Number(flags.trials);
/** Takes one trial after another. */
async function tryOneAfterAnother(): Promise<void> {
  while (next < last && performance.now() < until) await tryOne(next++);
}
await Promise.all(Array.from({ length: Number(flags["at-once"]) }, tryOneAfterAnother));

for (const [name, ends] of table) {
  console.log(`${name}: ${[...ends].map(([end, count]) => `${count} ended with ${end}`).join(", ")}`);
}
console.log(
  `Seed ${flags.seed}: ${trials} trials, ${blows} blows, ${failures} trials in which something did not hold.`,
);
if (failures > 0) process.exitCode = 1;
