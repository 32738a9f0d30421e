/**
 * `impasto layers`: the layers at which losses can look, for `--content-layers` and `--style-layers`.
 * @module
 */
import { blockOf, channelsOf, LAYERS, type Layer } from "../../network/layers.ts";
import { TAUGHT_LAYERS } from "../../network/student.ts";
import { PRESETS } from "../../transfer/settings.ts";
import { printableJson } from "../printable.ts";

/** A layer as it is listed. */
interface Listed {
  readonly layer: Layer;
  readonly channels: number;
  /** How many pixels of the picture, in each direction, there are to one of the layer's. */
  readonly stride: number;
  /** Whether the built-in network has it, too. */
  readonly builtIn: boolean;
  /** The presets that take content or style from it. */
  readonly content: readonly string[];
  readonly style: readonly string[];
}

/** Prints them. */
export function layersCommand({ json }: Readonly<Record<string, unknown>>): void {
  const layers = LAYERS.map(listLayer);
  process.stdout.write(json ? `${printableJson({ layers })}\n` : writeLayers(layers));
}

function listLayer(layer: Layer): Listed {
  const using = (of: "contentLayers" | "styleLayers"): readonly string[] =>
    Object.entries(PRESETS).flatMap(([name, preset]) => (preset[of][layer] === undefined ? [] : [name]));
  return {
    layer,
    channels: channelsOf(layer),
    stride: 2 ** (blockOf(layer) - 1),
    builtIn: TAUGHT_LAYERS.some((taught) => taught === layer),
    content: using("contentLayers"),
    style: using("styleLayers"),
  };
}

const HEADINGS = ["layer", "channels", "pixels", "built-in", "presets' content", "presets' style"];

function writeLayers(layers: readonly Listed[]): string {
  const rows = layers.map(({ layer, channels, stride, builtIn, content, style }) => [
    layer,
    String(channels),
    `1/${stride}`,
    builtIn ? "yes" : "no",
    writePresets(content),
    writePresets(style),
  ]);
  return [HEADINGS, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(COLUMNS[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

const COLUMNS = [8, 8, 6, 8, 16, 16];

function writePresets(names: readonly string[]): string {
  if (names.length === 0) return "-";
  return names.length === Object.keys(PRESETS).length ? "all" : names.join(", ");
}
