/**
 * Files that are dragged over the page, or pasted: two places to let them fall on, the photograph's and the paintings'.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useStudio } from "../context.ts";
import type { PageState } from "../state/studio.ts";
import { givenFiles } from "./choose-file.tsx";

export function DropAnywhere() {
  const state = useStudio();
  const dragging = useSignal(false);
  const over = useSignal<"photograph" | "painting">("photograph");
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const purposeOf = (event: DragEvent) =>
      event.target instanceof Element && event.target.closest("[data-drop=painting]") !== null
        ? ("painting" as const)
        : ("photograph" as const);
    const onOver = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      dragging.value = true;
      over.value = purposeOf(event);
    };
    const onDrop = (event: DragEvent): void => {
      event.preventDefault();
      dragging.value = false;
      if (!state.readOnly.peek())
        void state.intake.take(givenFiles(event.dataTransfer?.files), purposeOf(event));
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) dragging.value = false;
    };
    addEventListener("dragover", onOver, { signal });
    addEventListener("drop", onDrop, { signal });
    addEventListener("dragleave", onLeave, { signal });
    addEventListener("paste", (event) => paste(state, event), { signal });
    return () => ended.abort();
  }, [state, dragging, over]);
  return (
    <div class="drop" hidden={!dragging.value}>
      <div class={`drop-place ${over.value === "photograph" ? "over" : ""}`} data-drop="photograph">
        As the photograph
      </div>
      <div class={`drop-place ${over.value === "painting" ? "over" : ""}`} data-drop="painting">
        As a painting
      </div>
    </div>
  );
}

function paste({ intake, drafts, notices, history, readOnly }: PageState, event: ClipboardEvent): void {
  const files = givenFiles(event.clipboardData?.files);
  if (files.length === 0 || readOnly.peek()) return;
  event.preventDefault();
  const before = drafts.now.peek().photograph?.id;
  void intake.take(files, "photograph").then(() => {
    const pasted = drafts.now.peek().photograph;
    const done = history.newest.peek();
    if (pasted === undefined || done === undefined || pasted.id === before) return;
    notices.tell("Pasted as the photograph.", {
      label: "Use as a painting",
      run: () => {
        history.undoThis(done);
        intake.use(pasted, "painting");
      },
    });
  });
}
