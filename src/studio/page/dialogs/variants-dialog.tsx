/**
 * A grid of variants to choose from: how many strengths, the paintings blended or apart, how large.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useStudio } from "../context.ts";
import { Slider } from "../parts/slider.tsx";
import { SIZES } from "../state/sizes.ts";
import { MOST_VARIANTS, strengthsOf } from "../state/variants.ts";
import { Dialog } from "./dialog.tsx";

export function VariantsDialog({ open, onClose }: { readonly open: boolean; onClose(): void }) {
  const { painting, drafts, readOnly } = useStudio();
  const count = useSignal(3);
  const apart = useSignal(true);
  const size = useSignal(256);
  const paintings = drafts.now.value.styles.length;
  const number = Math.min(MOST_VARIANTS, count.value * (apart.value ? paintings : 1));
  return (
    <Dialog title="Variants" open={open} onClose={onClose}>
      <p>Small pictures of several strengths, side by side. Choose one and go on from there.</p>
      <Slider
        label="Strengths"
        value={count.value}
        min={1}
        max={6}
        step={1}
        words={(value) => strengthsOf(value).join(" · ")}
        onChange={(value) => {
          count.value = value;
        }}
      />
      {paintings > 1 && (
        <label class="check">
          <input
            type="checkbox"
            checked={apart.value}
            onChange={({ currentTarget }) => {
              apart.value = currentTarget.checked;
            }}
          />
          Each painting by itself
        </label>
      )}
      <label class="field">
        <span>Size</span>
        <select
          value={String(size.value)}
          onChange={({ currentTarget }) => {
            size.value = Number(currentTarget.value);
          }}
        >
          {SIZES.filter((side) => side <= 768).map((side) => (
            <option key={side} value={String(side)}>
              {side} px
            </option>
          ))}
        </select>
      </label>
      <div class="row">
        <button
          type="button"
          class="primary"
          disabled={readOnly.value || number === 0}
          onClick={() => {
            onClose();
            void painting.variants({
              strengths: strengthsOf(count.value),
              apart: apart.value,
              size: size.value,
            });
          }}
        >
          Paint {number} {number === 1 ? "variant" : "variants"}
        </button>
      </div>
    </Dialog>
  );
}
