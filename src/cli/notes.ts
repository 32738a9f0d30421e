/**
 * What a command says before it works: of its network and device, of options that change nothing, of its paintings.
 * @module
 */
import type { Size } from "../image/size.ts";
import type { EngineDescription } from "../job/runner.ts";
import type { Options } from "../transfer/options.ts";
import { startsFromFile } from "../transfer/options.ts";
import type { Settings } from "../transfer/settings.ts";

/** What to do about missing weights. */
export const HOW_TO_GET_WEIGHTS =
  "run `impasto weights fetch`, or set IMPASTO_WEIGHTS to a file of VGG-19 weights (Keras HDF5 or safetensors)";

/** All that is to be said of an engine opened with these options. */
export const writeEngine = (engine: EngineDescription, options: Options): readonly string[] => [
  writeNetwork(engine, options.network),
  ...writeDevice(engine, options.memory),
];

/** Which network is used and, where nobody chose it, how to get the other. */
function writeNetwork({ network, note = "" }: EngineDescription, choice: string): string {
  if (choice !== "auto") return note;
  return network.standsIn
    ? `${note}; for VGG-19, ${HOW_TO_GET_WEIGHTS}`
    : `${note}; --network built-in is faster`;
}

/**
 * Why the device is another than one might expect; and on one with a memory of its own, what was planned with, since ONNX
 * Runtime does not tell how much that is.
 */
function writeDevice(
  { runtime, memory = 0, deviceNote }: EngineDescription,
  asked: number | undefined,
): readonly string[] {
  const why = deviceNote === undefined ? [] : [deviceNote];
  if (runtime.device === "cpu" || runtime.device === "wasm" || asked !== undefined) return why;
  return [
    ...why,
    `How much memory ${runtime.device} has is not known: the plan is for ${(memory / 1e9).toFixed(1)} GB, as the machine has; if the device has less, name it with --memory.`,
  ];
}

/** One sentence for each. @param flags those that were given on the command line. */
export function writeOptionNotes(
  flags: Readonly<Record<string, unknown>>,
  { init, noiseRatio }: Settings,
): readonly string[] {
  if (flags.seed === undefined || init === "noise" || noiseRatio > 0) return [];
  const word = init === "style" ? "the style" : "the photograph";
  const start = startsFromFile(init) ? "a picture" : word;
  return [`--seed changes nothing, since the start is ${start}: --init noise starts from noise.`];
}

/** Strokes this much smaller than a larger file's are not worth a word. */
const NEAR_ENOUGH = 0.9;

/** A painting and its file's name. */
export interface NamedPainting {
  readonly name: string;
  readonly picture: Size;
}

/** Says which paintings are too small for the strokes that were asked for, and which are enlarged; of others, nothing. */
export function writeStyleNotes(
  photo: Size,
  paintings: readonly NamedPainting[],
  settings: Settings,
  styleScale: number,
): readonly string[] {
  const result = settings.contentSize(photo, settings.size);
  return paintings.flatMap(({ name, picture }) => {
    const seen = settings.styleSize(picture, result);
    const enlarged = seen.width > picture.width || seen.height > picture.height;
    const reached = longest(seen) / (styleScale * longest(result));
    const small = reached <= NEAR_ENOUGH;
    if (!enlarged && !small) return [];
    const own = `${name} has ${picture.width}×${picture.height} pixels and is`;
    const how = enlarged ? `enlarged to ${seen.width}×${seen.height}, as this preset does` : "not enlarged";
    const strokes = `its strokes come out ${reached.toFixed(2)} times as large as a larger file's`;
    return `${own} ${how}: ${small ? strokes : "a larger file would be better"}.`;
  });
}

const longest = ({ width, height }: Size): number => Math.max(width, height);
