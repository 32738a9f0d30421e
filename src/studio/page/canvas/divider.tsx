/**
 * The line between the photograph and the painting, moved by a range input that lies over the part of the canvas that the
 * picture covers: keys and screen readers move it as any other.
 * @module
 */
import { useStudio } from "../context.ts";
import { covered } from "../state/view.ts";

export function Divider() {
  const { canvas } = useStudio();
  const box = covered(canvas.view.value, canvas.picture.value, canvas.window.value);
  const place = canvas.divider.value;
  return (
    <div
      class="divider"
      style={{ left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` }}
    >
      <span class="divider-line" style={{ left: `${100 * place}%` }} />
      <span class="divider-word left">Photograph</span>
      <span class="divider-word right">Painting</span>
      <input
        type="range"
        aria-label="Divider between photograph and painting"
        min="0"
        max="1"
        step="0.005"
        value={place}
        aria-valuetext={`${Math.round(100 * place)} % photograph`}
        onInput={(event) => canvas.setDivider(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
