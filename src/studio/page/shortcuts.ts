/**
 * Follows the keys of the whole page.
 * @module
 */
import { type Command, commandOf } from "./state/keys.ts";
import type { PageState } from "./state/studio.ts";

const WIDER = 1.2;

/** Where letters are letters. */
const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && !["range", "checkbox", "file"].includes(target.type));

/** Follows keys until the function that it returns is called. */
export function followKeys(state: PageState, showKeys: () => void): () => void {
  const { painting, brush, canvas, drafts, readOnly } = state;
  const take = (erase: boolean): void => {
    if (readOnly.peek() || drafts.now.peek().photograph === undefined) return;
    if (brush.target.peek() === undefined) brush.take("keep");
    brush.erase(erase);
  };
  const commands: Readonly<Record<Command, () => void>> = {
    paint: () => void painting.paint(),
    stop: () => void painting.stop(),
    leave: () => brush.putAway(),
    save: () => void state.save(),
    undo: () => state.undo(),
    brush: () => take(false),
    erase: () => take(true),
    narrower: () => brush.setRadius(brush.radius.peek() / WIDER),
    wider: () => brush.setRadius(brush.radius.peek() * WIDER),
    compare: () => canvas.compare(!canvas.comparing.peek()),
    original: () => canvas.holdOriginal(true),
    fit: () => canvas.fit(),
    "full-size": () => canvas.fullSize(),
    keys: showKeys,
  };
  const ended = new AbortController();
  const { signal } = ended;
  addEventListener(
    "keydown",
    (event) => {
      // A dialog has the keys to itself, Escape included.
      if (document.querySelector("dialog[open]") !== null) return;
      const command = commandOf(event, isWriting(event.target));
      if (command === undefined) return;
      if (command !== "leave") event.preventDefault();
      if (!event.repeat || command === "narrower" || command === "wider" || command === "undo")
        commands[command]();
    },
    { signal },
  );
  addEventListener("keyup", ({ key }) => key.toLowerCase() === "o" && canvas.holdOriginal(false), { signal });
  addEventListener("blur", () => canvas.holdOriginal(false), { signal });
  return () => ended.abort();
}
