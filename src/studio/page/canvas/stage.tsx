/**
 * The picture in its window: the painting, the photograph beside or before it, the mask over it, the brush's ring.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useStudio } from "../context.ts";
import type { PageState } from "../state/studio.ts";
import { covered, type Point } from "../state/view.ts";
import { Divider } from "./divider.tsx";
import { followGestures } from "./gestures.ts";
import { MaskLayer } from "./mask-layer.tsx";
import { Painted } from "./painted.tsx";

/** The longest side at which the photograph is fetched. */
const PHOTOGRAPH = 2048;

/** Who has zoomed in so far looks at pixels, which are shown as squares. */
const SQUARES = 4;

export function Stage() {
  const state = useStudio();
  const { canvas, brush, runs, blobs, drafts } = state;
  const ref = useRef<HTMLDivElement>(null);
  const pointer = useSignal<Point | undefined>(undefined);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      canvas.setWindow({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    const end = followGestures(element, state);
    return () => {
      observer.disconnect();
      end();
    };
  }, [canvas, state]);

  const run = runs.current.value;
  const content = run?.request.content ?? drafts.now.value.photograph?.id;
  useEffect(() => wantPhotograph(state, content), [state, content]);
  const photograph = blobs.of("photograph").value;
  const painted = run === undefined ? undefined : blobs.of(`run ${run.id}`).value?.blob;
  const { view, picture } = canvas;
  const { scale, x, y } = view.value;
  const { width, height } = { width: scale * picture.value.width, height: scale * picture.value.height };
  const brushing = brush.target.value !== undefined;
  const comparing = canvas.comparing.value && painted !== undefined && !brushing;
  const onlyPhotograph = canvas.original.value || painted === undefined;
  return (
    <div
      ref={ref}
      class={`window ${brushing ? "brushing" : ""}`}
      onPointerMove={(event) => {
        const { left, top } = event.currentTarget.getBoundingClientRect();
        pointer.value = { x: event.clientX - left, y: event.clientY - top };
      }}
      onPointerLeave={() => {
        pointer.value = undefined;
      }}
    >
      <div
        class={`stage ${scale >= SQUARES && !canvas.isFitted.value ? "squares" : ""}`}
        style={{ width: `${width}px`, height: `${height}px`, transform: `translate(${x}px, ${y}px)` }}
        hidden={content === undefined}
      >
        {run !== undefined && <Painted key={run.id} blob={painted} label={paintedLabel(state)} />}
        {(onlyPhotograph || comparing || brushing) && (
          <Painted
            key={content}
            blob={photograph?.key === content ? photograph?.blob : undefined}
            label="The photograph"
            style={comparing && !onlyPhotograph ? { clipPath: clipOf(state) } : {}}
          />
        )}
        {brushing && <MaskLayer />}
      </div>
      {comparing && !canvas.original.value && <Divider />}
      {brushing && pointer.value !== undefined && (
        <span
          class={`ring ${brush.erasing.value ? "erasing" : ""}`}
          style={ringStyle(pointer.value, brush.radius.value * Math.max(width, height))}
        />
      )}
    </div>
  );
}

function wantPhotograph({ blobs, engine }: PageState, content: string | undefined): void {
  if (content !== undefined) blobs.want("photograph", content, () => engine.picture(content, PHOTOGRAPH));
}

const paintedLabel = ({ runs }: PageState): string =>
  runs.version.value === undefined ? "The painting as it is" : "A version of the painting";

/** The divider is a place of the window; the photograph is cut off there in its own measure. */
function clipOf({ canvas }: PageState): string {
  const { view, picture, window, divider } = canvas;
  const box = covered(view.value, picture.value, window.value);
  const at = box.x + divider.value * box.width;
  const part = (at - view.value.x) / (view.value.scale * picture.value.width);
  return `inset(0 ${100 * (1 - part)}% 0 0)`;
}

const ringStyle = ({ x, y }: Point, radius: number): Readonly<Record<string, string>> => ({
  width: `${2 * radius}px`,
  height: `${2 * radius}px`,
  transform: `translate(${x - radius}px, ${y - radius}px)`,
});
