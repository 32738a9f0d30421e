/**
 * Prints seconds per evaluation of a 256 pixel picture with the built-in network and two threads: by WebAssembly in Chromium,
 * natively under Node, and their ratio. Run `npm run build` first. The two take turns; each figure is the median.
 * Options: --runs n, --size n, --iterations n
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { drain, openEngine, readPicture, stylize } from "../src/index.ts";
import { openChromium } from "../test/chromium.ts";

const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    size: { type: "string", default: "256" },
    iterations: { type: "string", default: "20" },
  },
});

const examples = fileURLToPath(new URL("../examples/", import.meta.url));
const options = { size: Number(flags.size), scales: 1, iterations: Number(flags.iterations) };
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const engine = await openEngine({ device: "cpu", network: "built-in", threads: 2 });
const content = await readPicture(`${examples}cat.png`);
const picture = await readPicture(`${examples}starry_night.jpg`);
const opened = await openChromium({ "/examples/": examples });
const page = await opened.open("isolated");
const [native, browser]: [number[], number[]] = [[], []];
for (let run = 0; run < Number(flags.runs); run++) {
  const steps = stylize({ content, styles: [{ picture, weight: 1 }], options }, engine);
  native.push((await drain(steps)).secondsPerEvaluation);
  const { result } = await page.evaluate((options) => globalThis.page.stylize(options), options);
  browser.push(result.secondsPerEvaluation);
}
await opened.close();
console.log(`Node ${process.version}: ${median(native).toFixed(3)} s per evaluation`);
console.log(`Chromium ${opened.browser.version()}: ${median(browser).toFixed(3)} s per evaluation`);
console.log(`ratio ${(median(browser) / median(native)).toFixed(2)}`);
