/**
 * Asks before a run and what came of it are gone for good.
 * @module
 */
import { useStudio } from "../context.ts";
import { versionsOf } from "../state/runs.ts";
import { Dialog } from "./dialog.tsx";

export function DiscardDialog({ open, onClose }: { readonly open: boolean; onClose(): void }) {
  const { painting, runs } = useStudio();
  const run = runs.current.value;
  const number = run === undefined ? 0 : versionsOf(run).filter(({ starred }) => !starred).length;
  return (
    <Dialog title="Discard this picture?" open={open && run !== undefined} onClose={onClose}>
      <p>
        {number === 0
          ? "Nothing was kept of it."
          : number === 1
            ? "Its version goes with it."
            : `Its ${number} versions go with it.`}{" "}
        Versions with a star stay. This cannot be undone.
      </p>
      <div class="row">
        <button
          type="button"
          class="danger"
          onClick={() => {
            onClose();
            if (run !== undefined) void painting.discard(run.id);
          }}
        >
          Discard
        </button>
        <button type="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  );
}
