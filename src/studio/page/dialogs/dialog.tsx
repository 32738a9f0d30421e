/**
 * A dialog of the browser's own: it keeps the focus inside, gives it back, and closes with Escape.
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { IconButton } from "../parts/icon-button.tsx";

export interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly children: ComponentChildren;
  onClose(): void;
}

export function Dialog({ title, open, children, onClose }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open && ref.current?.open === false) ref.current.showModal();
    if (!open) ref.current?.close();
  }, [open]);
  return (
    <dialog ref={ref} aria-labelledby={id} onClose={onClose}>
      {open && (
        <div class="dialog">
          <header>
            <h2 id={id}>{title}</h2>
            <IconButton icon="close" label="Close" onClick={onClose} />
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}
