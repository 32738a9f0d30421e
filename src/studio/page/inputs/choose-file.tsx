/**
 * A button that lets a person choose files; the input behind it is the browser's own.
 * @module
 */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { GivenFile } from "../state/intake.ts";

export interface ChooseFileProps {
  readonly children: ComponentChildren;
  readonly label: string;
  readonly class?: string;
  readonly multiple?: boolean;
  readonly accept?: string;
  readonly disabled?: boolean;
  onChoose(files: readonly GivenFile[]): void;
}

export function ChooseFile(props: ChooseFileProps) {
  const {
    children,
    label,
    class: name = "",
    multiple = false,
    accept = "image/*",
    disabled = false,
    onChoose,
  } = props;
  const ref = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={name} disabled={disabled} onClick={() => ref.current?.click()}>
        {children}
      </button>
      <input
        ref={ref}
        type="file"
        hidden
        tabIndex={-1}
        aria-label={label}
        accept={accept}
        multiple={multiple}
        onChange={(event) => {
          const { currentTarget } = event;
          onChoose(givenFiles(currentTarget.files));
          // The same file can be chosen again.
          currentTarget.value = "";
        }}
      />
    </>
  );
}

/** Files as the page's state takes them. */
export const givenFiles = (files: Iterable<File> | null | undefined): readonly GivenFile[] =>
  [...(files ?? [])].map((file) => ({ name: file.name || "picture.png", blob: file }));
