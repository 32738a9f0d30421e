/**
 * A slider that shows where the hand is, and tells it once the hand is taken off: a drag is one change.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** What stands at both ends. */
  readonly ends?: readonly [string, string];
  /** A few words below. */
  readonly hint?: string | undefined;
  /** The value as a person reads it. */
  words(value: number): string;
  onChange(value: number): void;
  /** To the value that is nobody's choice. */
  onReset?: (() => void) | undefined;
}

export function Slider(props: SliderProps) {
  const { label, value, min = 0, max = 1, step = 0.01, ends, hint, words, onChange, onReset } = props;
  const id = useId();
  const dragged = useSignal<number | undefined>(undefined);
  const shown = dragged.value ?? value;
  return (
    <div class="slider">
      <div class="slider-head">
        <label for={id}>{label}</label>
        <output for={id}>{words(shown)}</output>
        {onReset && (
          <button
            type="button"
            class="quiet small"
            onClick={onReset}
            aria-label={`Reset ${label.toLowerCase()}`}
          >
            Reset
          </button>
        )}
      </div>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={shown}
        style={{ "--part": `${(100 * (shown - min)) / (max - min)}%` }}
        aria-valuetext={words(shown)}
        {...(hint === undefined ? {} : { "aria-describedby": `${id}-hint` })}
        onInput={(event) => {
          dragged.value = event.currentTarget.valueAsNumber;
        }}
        onChange={(event) => {
          const chosen = event.currentTarget.valueAsNumber;
          dragged.value = undefined;
          onChange(chosen);
        }}
      />
      {ends && (
        <div class="slider-ends">
          <span aria-hidden="true">{ends[0]}</span>
          {/* Between the ends, where it moves nothing when it comes. */}
          <span id={`${id}-hint`}>{hint}</span>
          <span aria-hidden="true">{ends[1]}</span>
        </div>
      )}
    </div>
  );
}
