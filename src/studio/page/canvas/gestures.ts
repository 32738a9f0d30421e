/**
 * What hands do on the canvas: wheel, fingers, pen and mouse become moves, zooms and strokes.
 * @module
 */
import type { PageState } from "../state/studio.ts";
import { type Point, partAt, pinched } from "../state/view.ts";

/** How much a notch of the wheel zooms. */
const WHEEL = 0.0018;
const PINCH_WHEEL = 0.01;
const LINE = 16;

/** Follows hands on an element, until the function that it returns is called. */
export function followGestures(element: HTMLElement, { canvas, brush }: PageState): () => void {
  const down = new Map<number, Point>();
  let doing: "stroke" | "move" | "pinch" | undefined;
  let space = false;

  const placeOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const partOf = (event: MouseEvent): Point =>
    partAt(canvas.view.peek(), canvas.picture.peek(), placeOf(event));

  function onDown(event: PointerEvent): void {
    if (event.target instanceof Element && event.target.closest("input, button, select") !== null) return;
    if (event.pointerType === "mouse" && event.button > 1) return;
    element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, placeOf(event));
    if (down.size === 2) {
      brush.abandon();
      doing = "pinch";
    } else if (brush.target.peek() !== undefined && !space && event.button === 0) {
      doing = "stroke";
      brush.begin(partOf(event));
    } else {
      doing = "move";
    }
    element.classList.toggle("moving", doing === "move");
  }

  function onMove(event: PointerEvent): void {
    const [before, place] = [down.get(event.pointerId), placeOf(event)];
    if (before === undefined) return;
    if (doing === "stroke") {
      // Each point that the pen went through, also those between two frames.
      const passed = event.getCoalescedEvents();
      brush.goOn((passed.length > 0 ? passed : [event]).map(partOf));
    } else if (doing === "move") {
      canvas.move({ x: place.x - before.x, y: place.y - before.y });
    } else if (doing === "pinch") {
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      if (other !== undefined) {
        const { factor, about, by } = pinched([before, other], [place, other]);
        canvas.zoom(factor, about);
        canvas.move(by);
      }
    }
    down.set(event.pointerId, place);
  }

  function onUp(event: PointerEvent): void {
    if (!down.delete(event.pointerId)) return;
    if (doing === "stroke") {
      if (event.type === "pointercancel") brush.abandon();
      else brush.finish();
    }
    // A finger that is left behind after a pinch moves nothing.
    doing = undefined;
    element.classList.remove("moving");
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    if (event.ctrlKey || event.metaKey) {
      // A touchpad's pinch comes as a wheel with small steps.
      const speed = Math.abs(event.deltaY) < 20 ? PINCH_WHEEL : WHEEL;
      canvas.zoom(Math.exp(-event.deltaY * unit * speed), placeOf(event));
    } else if (event.shiftKey) {
      canvas.move({ x: -event.deltaY * unit, y: 0 });
    } else {
      canvas.move({ x: -event.deltaX * unit, y: -event.deltaY * unit });
    }
  }

  const onSpace = (event: KeyboardEvent): void => {
    if (event.code !== "Space") return;
    space = event.type === "keydown";
    element.classList.toggle("space", space);
  };
  const ended = new AbortController();
  const { signal } = ended;
  element.addEventListener("pointerdown", onDown, { signal });
  element.addEventListener("pointermove", onMove, { signal });
  element.addEventListener("pointerup", onUp, { signal });
  element.addEventListener("pointercancel", onUp, { signal });
  element.addEventListener("wheel", onWheel, { signal, passive: false });
  element.addEventListener("dblclick", () => brush.target.peek() === undefined && canvas.fit(), { signal });
  addEventListener("keydown", onSpace, { signal });
  addEventListener("keyup", onSpace, { signal });
  addEventListener("blur", () => (space = false), { signal });
  return () => ended.abort();
}
