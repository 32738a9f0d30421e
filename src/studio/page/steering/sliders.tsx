/**
 * What is steered while it is painted: strength, strokes, smoothness, colours.
 * @module
 */
import { useStudio } from "../context.ts";
import { Slider } from "../parts/slider.tsx";
import { presetsOwn } from "../state/options.ts";
import { isActive } from "../state/runs.ts";
import { placeOfSmoothness, smoothnessAt } from "../state/smoothness.ts";

/** The names of the ways to treat colours. */
const COLOURS = [
  ["style", "The painting's"],
  ["keep", "The photograph's"],
  ["match", "The painting's, in the photograph's palette"],
  ["transfer-only", "Only the painting's colours, no strokes"],
] as const;

const STARTS_AGAIN = "starts again from here";

/** The end of the slider for strokes, as a power of two. */
const LARGEST = 2;

export function Sliders() {
  const { drafts, runs, choose } = useStudio();
  const { options } = drafts.now.value;
  const run = runs.current.value;
  const active = run !== undefined && isActive(run);
  const own = Number(presetsOwn(options, "smoothnessWeight"));
  const reset = (name: string, chosen: unknown) =>
    chosen === undefined ? undefined : () => void choose(name, undefined);
  return (
    <section class="section" aria-labelledby="steering-heading">
      <h2 id="steering-heading">Style</h2>
      <Slider
        label="Strength"
        value={options.strength ?? 0.5}
        ends={["Photograph", "Painting"]}
        words={(value) => value.toFixed(2)}
        onChange={(value) => void choose("strength", value)}
        onReset={reset("strength", options.strength)}
      />
      <Slider
        label="Stroke size"
        value={Math.log2(options.styleScale ?? 1)}
        min={-LARGEST}
        max={LARGEST}
        step={0.05}
        ends={["Fine", "Broad"]}
        words={(value) => `× ${Number((2 ** value).toPrecision(2))}`}
        hint={active ? STARTS_AGAIN : undefined}
        onChange={(value) =>
          void choose("styleScale", value === 0 ? undefined : Number((2 ** value).toPrecision(3)))
        }
        onReset={reset("styleScale", options.styleScale)}
      />
      <Slider
        label="Smoothness"
        value={placeOfSmoothness(options.smoothnessWeight ?? own, own)}
        ends={["Rough", "Smooth"]}
        words={(place) => smoothnessInWords(smoothnessAt(place, own), own)}
        onChange={(place) =>
          void choose(
            "smoothnessWeight",
            place === placeOfSmoothness(own, own) ? undefined : smoothnessAt(place, own),
          )
        }
        onReset={reset("smoothnessWeight", options.smoothnessWeight)}
      />
      <label class="field">
        <span>Colours</span>
        <select
          value={options.color ?? "style"}
          onChange={({ currentTarget }) =>
            void choose("color", currentTarget.value === "style" ? undefined : currentTarget.value)
          }
        >
          {COLOURS.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}

function smoothnessInWords(weight: number, own: number): string {
  if (weight === 0) return "none";
  if (own === 0) return String(Number(weight.toPrecision(2)));
  return `× ${Number((weight / own).toPrecision(2))}`;
}
