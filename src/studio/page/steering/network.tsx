/**
 * The network that looks at pictures: the built-in one is there; VGG-19 is an offer, with its size.
 * @module
 */
import { useId } from "preact/hooks";
import { useStudio } from "../context.ts";
import { ChooseFile } from "../inputs/choose-file.tsx";
import { bytesInWords } from "../state/words.ts";

export function NetworkChoice() {
  const { about, drafts, choose, intake, fetchWeights, fetching, readOnly } = useStudio();
  const vgg19 = about.value?.networks.find(({ name }) => name === "vgg19");
  const ready = vgg19?.ready ?? false;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Network</label>
      <select
        id={id}
        value={drafts.now.value.options.network ?? "auto"}
        onChange={({ currentTarget }) =>
          void choose("network", currentTarget.value === "auto" ? undefined : currentTarget.value)
        }
      >
        <option value="auto">The best that is there</option>
        <option value="built-in">Built-in: small and quick</option>
        <option value="vgg19" disabled={!ready}>
          VGG-19: finer{ready ? "" : ", to be fetched"}
        </option>
      </select>
      {!ready && vgg19 !== undefined && (
        <div class="offer">
          {fetching.value === undefined ? (
            <>
              <p class="hint">VGG-19 sees finer strokes, and takes more time and memory.</p>
              <div class="row">
                {vgg19.fetch !== undefined && (
                  <button type="button" disabled={readOnly.value} onClick={() => void fetchWeights()}>
                    Fetch it ({bytesInWords(vgg19.fetch)})
                  </button>
                )}
                <ChooseFile
                  class="quiet"
                  label="Choose a file of VGG-19's weights"
                  accept=".pth,.pt,.h5,.safetensors,.npz"
                  disabled={readOnly.value}
                  onChoose={(files) => void intake.take(files, "painting")}
                >
                  Choose a file
                </ChooseFile>
              </div>
            </>
          ) : (
            <Fetching done={fetching.value.done} total={fetching.value.total} />
          )}
        </div>
      )}
    </div>
  );
}

const Fetching = ({ done, total }: { readonly done: number; readonly total: number }) => (
  <>
    <progress aria-label="Fetching VGG-19" {...(total > 0 ? { max: total, value: done } : {})} />
    <p class="hint">
      {total > 0 ? `Downloading ${bytesInWords(done)} of ${bytesInWords(total)}` : "Beginning to download"}
    </p>
  </>
);
