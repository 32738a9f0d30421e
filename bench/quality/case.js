// @ts-check
/**
 * One case of the quality bench, in a process of its own so that its seconds and its peak memory are its own.
 * Writes the result and, after the clock has stopped, pictures on the way to it. Prints one JSON line.
 * Usage: node bench/quality/case.js '{"library": …, "content": …, "style": …, "options": …, "output": …}'
 */
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const { library, content, style, options, output } = JSON.parse(process.argv[2] ?? "{}");

/** Pictures are kept along the way each time this many times as long has passed, where they are no larger than this. */
const PACE = 1.3;
const LARGEST = 1024 ** 2;

const seconds = () => performance.now() / 1000;

/** @type {typeof import("../../dist/index.js")} */
const { encodePicture, openEngine, optionsSchema, readPicture, stylize } = await import(
  pathToFileURL(library).href
);
const chosen = optionsSchema.parse(options);
const engine = await openEngine(chosen);
const { init } = chosen;
const steps = stylize(
  {
    content: await readPicture(content),
    styles: [{ picture: await readPicture(style), weight: 1 }],
    options,
    ...(init === undefined || init === "content" || init === "noise"
      ? {}
      : { initial: await readPicture(init) }),
  },
  engine,
);
const trace = [];
const snapshots = [];
let next = 0;
let step = await steps.next();
for (; !step.done; step = await steps.next()) {
  const { loss, size, secondsLeft } = step.value;
  const now = seconds();
  trace.push({ seconds: now, secondsLeft, loss: loss.total, width: size.width, height: size.height });
  if (now >= next && size.width * size.height <= LARGEST) {
    snapshots.push({ seconds: now, picture: await step.value.picture() });
    next = PACE * now;
  }
}
const { picture, evaluations, secondsPerEvaluation, loss } = step.value;
await writeFile(`${output}.png`, await encodePicture(picture, "png"));
const measured = {
  width: picture.width,
  height: picture.height,
  seconds: seconds(),
  cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  peakMemory: process.resourceUsage().maxRSS * 1024,
  evaluations,
  secondsPerEvaluation,
  loss: loss.total,
};
for (const [index, snapshot] of snapshots.entries()) {
  await writeFile(`${output}-${index}.png`, await encodePicture(snapshot.picture, "png"));
}
console.log(JSON.stringify({ ...measured, trace, snapshots: snapshots.map((snapshot) => snapshot.seconds) }));
