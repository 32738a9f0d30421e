/**
 * What is done with the canvas: zoom, compare, brush; and while the brush is out, what is done with that.
 * @module
 */
import { useStudio } from "../context.ts";
import { Icon } from "../parts/icon.tsx";
import { IconButton } from "../parts/icon-button.tsx";
import { NARROWEST, WIDEST } from "../state/brush.ts";
import type { MaskTarget } from "../state/draft.ts";

const STEP = 1.25;

export const Tools = () => (useStudio().brush.target.value === undefined ? <ViewTools /> : <BrushTools />);

function ViewTools() {
  const { canvas, brush, runs, drafts, readOnly, blobs } = useStudio();
  const run = runs.current.value;
  const isPainted = run !== undefined && blobs.of(`run ${run.id}`).value !== undefined;
  const hold = (on: boolean) => () => canvas.holdOriginal(on);
  const holdByKey = (on: boolean) => (event: KeyboardEvent) => {
    if (event.key === " " || event.key === "Enter") canvas.holdOriginal(on);
  };
  return (
    <div class="tools" role="toolbar" aria-label="Canvas">
      <IconButton icon="minus" label="Zoom out" onClick={() => canvas.zoom(1 / STEP)} />
      <button
        type="button"
        class="zoom"
        aria-label={`${Math.round(100 * canvas.view.value.scale)} %, one pixel as one pixel`}
        title="One pixel as one pixel (1)"
        onClick={() => canvas.fullSize()}
      >
        {Math.round(100 * canvas.view.value.scale)} %
      </button>
      <IconButton icon="plus" label="Zoom in" onClick={() => canvas.zoom(STEP)} />
      <IconButton
        icon="fit"
        label="Fit"
        shortcut="0"
        pressed={canvas.isFitted.value}
        onClick={() => canvas.fit()}
      />
      <span class="rule" />
      <IconButton
        icon="compare"
        label="Compare with the photograph"
        shortcut="C"
        pressed={canvas.comparing.value}
        disabled={!isPainted}
        onClick={() => canvas.compare(!canvas.comparing.peek())}
      />
      <button
        type="button"
        class="icon-button"
        aria-label="Hold to see the photograph"
        title="Hold to see the photograph (O)"
        aria-keyshortcuts="O"
        disabled={!isPainted}
        onPointerDown={hold(true)}
        onPointerUp={hold(false)}
        onPointerLeave={hold(false)}
        onPointerCancel={hold(false)}
        onKeyDown={holdByKey(true)}
        onKeyUp={holdByKey(false)}
        onBlur={hold(false)}
        onContextMenu={(event) => event.preventDefault()}
      >
        <Icon name="eye" />
      </button>
      <span class="rule" />
      <IconButton
        icon="brush"
        label="Brush: where the photograph stays"
        shortcut="B"
        disabled={readOnly.value || drafts.now.value.photograph === undefined}
        onClick={() => brush.take("keep")}
      />
    </div>
  );
}

function BrushTools() {
  const { brush, drafts, undo } = useStudio();
  const { styles } = drafts.now.value;
  const width = Math.round(1000 * brush.radius.value) / 10;
  return (
    <div class="tools brush-tools" role="toolbar" aria-label="Brush">
      <label class="brush-target">
        <span class="visually-hidden">What the brush is for</span>
        <select
          value={String(brush.target.value)}
          onChange={(event) => brush.take(targetFrom(event.currentTarget.value))}
        >
          <option value="keep">Keep the photograph here</option>
          {styles.map(({ picture }, place) => (
            <option key={picture.id} value={String(place)}>
              Paint {picture.name} here only
            </option>
          ))}
        </select>
      </label>
      <IconButton
        icon="brush"
        label="Paint"
        shortcut="B"
        pressed={!brush.erasing.value}
        onClick={() => brush.erase(false)}
      />
      <IconButton
        icon="eraser"
        label="Erase"
        shortcut="E"
        pressed={brush.erasing.value}
        onClick={() => brush.erase(true)}
      />
      <label class="brush-width">
        <span class="visually-hidden">Width of the brush</span>
        <input
          type="range"
          min={NARROWEST}
          max={WIDEST}
          step="0.001"
          value={brush.radius.value}
          aria-valuetext={`${width} % of the picture`}
          onInput={(event) => brush.setRadius(event.currentTarget.valueAsNumber)}
        />
      </label>
      <IconButton icon="undo" label="Undo" onClick={undo} />
      <button type="button" class="quiet" onClick={() => brush.clear()}>
        Clear
      </button>
      <button type="button" class="primary small" onClick={() => brush.putAway()}>
        Done
      </button>
    </div>
  );
}

const targetFrom = (value: string): MaskTarget => (value === "keep" ? "keep" : Number(value));
