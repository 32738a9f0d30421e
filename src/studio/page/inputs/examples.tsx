/**
 * Pictures that come with the page, to be clicked.
 * @module
 */
import { useStudio } from "../context.ts";
import type { Example } from "../state/ports.ts";

export function Examples({ of }: { readonly of: Example["of"] }) {
  const { ports, intake, drafts, readOnly } = useStudio();
  const { photograph, styles } = drafts.now.value;
  const used = new Set([photograph?.name, ...styles.map(({ picture }) => picture.name)]);
  const offered = ports.examples.filter((example) => example.of === of && !used.has(example.name));
  if (offered.length === 0) return null;
  return (
    <p class="examples">
      <span class="dim">Example</span>
      {offered.map((example) => (
        <button
          key={example.name}
          type="button"
          class="chip"
          disabled={readOnly.value}
          onClick={async () => {
            await intake.take([{ name: example.name, blob: await example.read() }], of);
          }}
        >
          {example.title}
        </button>
      ))}
    </p>
  );
}
