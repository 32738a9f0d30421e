/**
 * The rest of the options: the preset and what differs with it, the network, and a form made from the schema.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { OptionField } from "../../../transfer/options.ts";
import { useStudio } from "../context.ts";
import { formGroups, labelOf, meantBy, presetsOwn, textOf } from "../state/options.ts";
import { NetworkChoice } from "./network.tsx";
import { Preset } from "./preset.tsx";

export function More({ open }: { readonly open: boolean }) {
  const groups = formGroups();
  return (
    <details class="section more" open={open}>
      <summary>
        <h2>More</h2>
      </summary>
      <Preset />
      <NetworkChoice />
      {groups.map(({ group, fields }) => (
        <fieldset key={group} class="group">
          <legend>{group}</legend>
          {fields.map((field) => (
            <Field key={field.name} field={field} />
          ))}
        </fieldset>
      ))}
    </details>
  );
}

function Field({ field }: { readonly field: OptionField }) {
  const { drafts, choose } = useStudio();
  const { name, kind, description, words } = field;
  const { options } = drafts.now.value;
  const chosen: unknown = Reflect.get(options, name);
  const own = textOf(presetsOwn(options, name));
  const wrong = useSignal<string | undefined>(undefined);
  const id = useId();
  const set = (text: string): void => {
    wrong.value = choose(name, meantBy(field, text));
  };
  const common = {
    id,
    "aria-describedby": `${id}-hint`,
    ...(wrong.value === undefined ? {} : { "aria-invalid": true }),
  };
  return (
    <div class={`field ${chosen === undefined ? "" : "chosen"}`}>
      <label for={id}>{labelOf(name)}</label>
      {kind === "choice" ? (
        <select {...common} value={textOf(chosen)} onChange={({ currentTarget }) => set(currentTarget.value)}>
          <option value="">{own === "" ? "As usual" : `${own} (usual)`}</option>
          {words
            .filter((word) => word !== own || word === chosen)
            .map((word) => (
              <option key={word} value={word}>
                {word}
              </option>
            ))}
        </select>
      ) : (
        <input
          {...common}
          type="text"
          inputMode={kind === "integer" ? "numeric" : kind === "number" ? "decimal" : "text"}
          autocomplete="off"
          spellcheck={false}
          placeholder={own === "" ? "as usual" : own}
          value={textOf(chosen)}
          onChange={({ currentTarget }) => set(currentTarget.value)}
        />
      )}
      <p class="hint" id={`${id}-hint`}>
        {wrong.value === undefined ? description : <span class="wrong-text">{wrong.value}</span>}
      </p>
    </div>
  );
}
