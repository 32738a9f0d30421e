/**
 * What is to be known before anything else, over the canvas: the studio does not answer, another tab steers, a run failed.
 * @module
 */

import type { Run } from "../../engine.ts";
import { useStudio } from "../context.ts";

export function Banners() {
  const { connected, elsewhere, takeOver, runs, save } = useStudio();
  const run = runs.current.value;
  return (
    <div class="banners">
      {!connected.value && (
        <div class="banner" role="alert">
          <p>
            <strong>Reconnecting…</strong> The studio does not answer. What was painted is kept there.
          </p>
          {run !== undefined && (
            <button type="button" onClick={() => void save()}>
              Save what is shown
            </button>
          )}
        </div>
      )}
      {connected.value && elsewhere.value && (
        <div class="banner" role="status">
          <p>Another tab steers. Here you can look.</p>
          <button type="button" onClick={() => void takeOver()}>
            Take over
          </button>
        </div>
      )}
      {run?.failure && <Failed run={run} />}
    </div>
  );
}

function Failed({ run }: { readonly run: Run }) {
  const { painting, readOnly, engine } = useStudio();
  const { failure } = run;
  if (failure === undefined) return null;
  const { longestSide } = failure;
  return (
    <div class="banner wrong" role="alert">
      <div>
        <p>
          <strong>
            {failure.lacks === "memory" ? "The memory does not suffice." : "It could not be painted."}
          </strong>{" "}
          {failure.message}
        </p>
        <p class="hint">
          {run.versions.length > 0
            ? "The versions that were kept are safe."
            : "Your pictures and settings are safe."}
        </p>
        <details>
          <summary>Details to copy</summary>
          <textarea
            readOnly
            rows={8}
            aria-label="Details"
            value={JSON.stringify(
              { run: run.id, client: engine.client, failure, request: run.request },
              null,
              1,
            )}
          />
        </details>
      </div>
      <div class="row">
        {longestSide !== undefined && (
          <button
            type="button"
            class="primary"
            disabled={readOnly.value}
            onClick={() => void painting.paintAt(longestSide)}
          >
            Continue at {longestSide} px
          </button>
        )}
        <button
          type="button"
          disabled={readOnly.value}
          onClick={() => void (run.resumable ? painting.resume() : painting.paint())}
        >
          Retry
        </button>
      </div>
    </div>
  );
}
