/**
 * What is done with the picture: paint, stop, go on; how far it is. It has its place at the foot of the settings, and at the
 * foot of the window on a phone, and keeps its height whatever it says.
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import type { Run } from "../../engine.ts";
import { useStudio } from "../context.ts";
import { Icon } from "../parts/icon.tsx";
import { isActive, versionsOf } from "../state/runs.ts";
import { nextSize } from "../state/sizes.ts";
import { percent, placeInWords, statusInWords } from "../state/words.ts";

export interface ActionsProps {
  onVariants(): void;
  onDiscard(): void;
}

export function Actions({ onVariants, onDiscard }: ActionsProps) {
  const { runs, save, readOnly, drafts } = useStudio();
  const run = runs.current.value;
  const active = run !== undefined && isActive(run);
  return (
    <section class="actions" aria-label="Paint and stop">
      <Status run={run} />
      <Waiting />
      <div class="row main-row">
        <MainButton run={run} />
        {active ? (
          <button type="button" disabled={run.preview === 0 || readOnly.value} onClick={() => void save()}>
            <Icon name="save" /> Save
          </button>
        ) : (
          <button
            type="button"
            class="variants"
            aria-label="Variants"
            title="Variants: several strengths side by side"
            disabled={readOnly.value || drafts.now.value.styles.length === 0}
            onClick={onVariants}
          >
            <Icon name="grid" />
          </button>
        )}
      </div>
      <div class="row second-row">
        {run === undefined ? (
          <p class="hint">Nothing leaves this computer.</p>
        ) : active ? (
          <p class="hint">Sliders act while it is painted.</p>
        ) : (
          <AfterRun run={run} onDiscard={onDiscard} />
        )}
      </div>
    </section>
  );
}

function Status({ run }: { readonly run: Run | undefined }) {
  const { about } = useStudio();
  if (run === undefined) return <p class="status dim">{about.value?.machine ?? " "}</p>;
  const done = run.status === "finished" ? 1 : (run.progress?.done ?? 0);
  const known = run.status !== "preparing" && run.status !== "waiting";
  return (
    <div class="status">
      <p class="status-line">
        <span>{statusInWords(run)}</span>
        {run.status === "running" && <strong>{percent(done)}</strong>}
      </p>
      <progress aria-label="Painted so far" max={1} {...(known ? { value: done } : {})} />
      <p class="hint">{placeInWords(run) || " "}</p>
    </div>
  );
}

/** What was changed and waits for a word. */
function Waiting() {
  const { painting, readOnly, brush } = useStudio();
  const change = painting.change.value;
  const reasons = change?.restart.filter((reason) => reason !== "stroke size") ?? [];
  if (reasons.length === 0 || brush.target.value !== undefined) return null;
  return (
    <div class="waiting" role="status">
      <p>
        {sentence(reasons)} {reasons.includes("photograph") ? "Starts again." : "Starts again from here."}
      </p>
      <div class="row">
        <button
          type="button"
          class="primary small"
          disabled={readOnly.value}
          onClick={() => void painting.apply()}
        >
          Apply
        </button>
        <button type="button" class="quiet small" onClick={() => painting.putBack()}>
          Put back
        </button>
      </div>
    </div>
  );
}

function sentence(reasons: readonly string[]): string {
  const named =
    reasons.length === 1 ? reasons[0] : `${reasons.slice(0, -1).join(", ")} and ${reasons.at(-1)}`;
  return `You changed the ${named}.`;
}

/** Milliseconds in which the second click of a double click is meant for nothing. */
const DOUBLE_CLICK = 500;

/** Paint, or Stop: one button, so that the focus stays where it is. */
function MainButton({ run }: { readonly run: Run | undefined }) {
  const { painting, readOnly, drafts } = useStudio();
  const ref = useRef<HTMLButtonElement>(null);
  const changed = useRef(0);
  const { photograph, styles } = drafts.now.value;
  const ready = photograph !== undefined && styles.length > 0;
  const active = run !== undefined && isActive(run);
  const early = active && run.preview === 0;
  useEffect(() => {
    // Only where nobody has gone anywhere else yet.
    if (ready && document.activeElement === document.body) ref.current?.focus({ preventScroll: true });
  }, [ready]);
  useEffect(() => {
    if (active) changed.current = performance.now();
  }, [active]);
  const press = (): void => {
    if (!active) return void painting.paint();
    if (performance.now() - changed.current < DOUBLE_CLICK) return;
    void (early ? painting.discard(run.id) : painting.stop());
  };
  return (
    <button
      ref={ref}
      type="button"
      class={active ? "paint stop" : "paint primary"}
      disabled={readOnly.value || !(active || ready)}
      aria-keyshortcuts={active ? "Control+." : "Control+Enter"}
      onClick={press}
    >
      {active ? (early ? "Cancel" : "Stop") : "Paint"}
    </button>
  );
}

function AfterRun({ run, onDiscard }: { readonly run: Run; onDiscard(): void }) {
  const { painting, readOnly, save } = useStudio();
  const size = nextSize(Math.max(run.width, run.height));
  const has = versionsOf(run).length > 0;
  return (
    <>
      {run.resumable && (
        <button
          type="button"
          disabled={readOnly.value || painting.busy.value}
          onClick={() => void painting.resume()}
        >
          <Icon name="play" /> Resume
        </button>
      )}
      <button type="button" disabled={!has} onClick={() => void save()}>
        <Icon name="save" /> Save
      </button>
      {run.status === "finished" && size !== undefined && (
        <button
          type="button"
          disabled={!has || readOnly.value || painting.busy.value}
          title={`Goes on from here at ${size} px`}
          onClick={() => void painting.larger()}
        >
          <Icon name="larger" /> Larger
        </button>
      )}
      <button type="button" class="quiet" disabled={readOnly.value} onClick={onDiscard}>
        Discard
      </button>
    </>
  );
}
