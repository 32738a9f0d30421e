/**
 * Gives mutated files to impasto, and keeps what it should not have done. Run `npm run build` first.
 * Options: --minutes n (default 10), --inputs n, --seed n (default 1), --first n (the number of the first input),
 * --kind pictures|weights|recipes|checkpoints|jobs-files (all, in turns), --seconds n (that an input may take), --memory n
 * (MiB that a child may hold), --out folder (default: fuzz-finds), --replay folder (one find, again)
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { keepFind, readFind } from "./find.ts";
import { fuzz, giveOnce, type Tally } from "./fuzz.ts";
import { KINDS } from "./kinds/index.ts";

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    inputs: { type: "string", default: "Infinity" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    kind: { type: "string" },
    seconds: { type: "string", default: "30" },
    memory: { type: "string", default: "1024" },
    out: { type: "string", default: "fuzz-finds" },
    replay: { type: "string" },
  },
});

const MODULE = fileURLToPath(new URL("kinds/index.ts", import.meta.url));
const bounds = { seconds: Number(flags.seconds), memory: 2 ** 20 * Number(flags.memory) };

if (flags.replay === undefined) await tryMany();
else await replay(flags.replay);

async function replay(folder: string): Promise<void> {
  const { kind, bytes } = readFind(folder);
  const outcome = await giveOnce(MODULE, bounds, kind, bytes);
  console.log(
    "what" in outcome ? `${outcome.verdict}: ${outcome.what}` : `${outcome.verdict}, as it should be`,
  );
  if ("what" in outcome) process.exitCode = 1;
}

async function tryMany(): Promise<void> {
  const kinds = KINDS.filter(({ name }) => flags.kind === undefined || name === flags.kind);
  if (kinds.length === 0)
    throw new Error(`Expected one of ${KINDS.map(({ name }) => name).join(", ")} for --kind.`);
  const until = performance.now() + 60_000 * Number(flags.minutes);
  const seed = Number(flags.seed);
  const tally = await fuzz({
    kinds,
    module: MODULE,
    seed,
    bounds,
    first: Number(flags.first),
    count: Number(flags.inputs),
    isOver: () => performance.now() > until,
    onFind(found) {
      const { verdict, what, confirmed } = found;
      const folder = keepFind(flags.out, found);
      console.log(
        `${verdict}${confirmed ? "" : ", not again in a fresh process"}: ${folder}\n  ${what.split("\n", 3).join("\n  ")}`,
      );
    },
    onProgress: (now) => console.error(write(now)),
  });
  console.log(`Seed ${seed}: ${write(tally)}`);
  if ([...tally.byKind.values()].some(({ finds }) => finds > 0)) process.exitCode = 1;
}

function write({ inputs, byKind, memory }: Tally): string {
  const parts = [...byKind].map(
    ([name, { taken, refused, finds }]) => `${name} ${taken} taken, ${refused} refused, ${finds} found`,
  );
  return `${inputs} inputs, at most ${Math.round(memory / 2 ** 20)} MiB held: ${parts.join("; ")}`;
}
