/**
 * The preset. Choosing another shows what changes with it, and can be undone.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { PRESET_NAMES } from "../../../transfer/options.ts";
import { useStudio } from "../context.ts";
import { type Difference, differencesBetween } from "../state/options.ts";
import { DifferenceTable } from "./difference-table.tsx";

export function Preset() {
  const { drafts, choose, notices, history } = useStudio();
  const differences = useSignal<readonly Difference[]>([]);
  const { preset = "impasto" } = drafts.now.value.options;
  const id = useId();
  const set = (name: string): void => {
    const before = drafts.now.peek().options;
    const wrong = choose("preset", name === "impasto" ? undefined : name);
    if (wrong !== undefined) {
      notices.complain(wrong);
      return;
    }
    differences.value = differencesBetween(before, drafts.now.peek().options);
    const done = history.newest.peek();
    const undo = done && {
      label: "Undo",
      run: () => {
        differences.value = [];
        history.undoThis(done);
      },
    };
    const number = differences.value.length - 1;
    notices.tell(
      `${name}: ${number} other ${number === 1 ? "setting changes" : "settings change"}. Your own choices stay.`,
      undo,
    );
  };
  return (
    <div class="field">
      <label for={id}>Preset</label>
      <select id={id} value={preset} onChange={({ currentTarget }) => set(currentTarget.value)}>
        {PRESET_NAMES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {differences.value.length > 0 && (
        <details open class="differences">
          <summary>What has changed</summary>
          <DifferenceTable differences={differences.value} />
        </details>
      )}
    </div>
  );
}
