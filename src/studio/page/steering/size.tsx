/**
 * The size of the result, and beside it what it would take.
 * @module
 */
import { useId } from "preact/hooks";
import { LONGEST_PAINTED_SIDE } from "../../engine.ts";
import { useStudio } from "../context.ts";
import { placeOfSize, SIZES } from "../state/sizes.ts";
import { bytesInWords, pixelsInWords, secondsInWords } from "../state/words.ts";

export function SizeChoice() {
  const { drafts, about, choose, notices } = useStudio();
  const longest = drafts.now.value.options.size ?? about.value?.size ?? 512;
  const id = useId();
  const set = (value: number): void => {
    const wrong = choose("size", value);
    if (wrong !== undefined) notices.complain(wrong);
  };
  return (
    <section class="section" aria-labelledby={`${id}-heading`}>
      <div class="size-head">
        <h2 id={`${id}-heading`}>Size</h2>
        <label class="number">
          <span class="visually-hidden">Longest side in pixels</span>
          <input
            type="number"
            min={16}
            max={LONGEST_PAINTED_SIDE}
            step={1}
            value={longest}
            inputMode="numeric"
            onChange={({ currentTarget }) => {
              set(currentTarget.valueAsNumber);
              currentTarget.value = String(drafts.now.peek().options.size ?? longest);
            }}
          />
          <span aria-hidden="true">px</span>
        </label>
      </div>
      <div class="slider">
        <input
          type="range"
          aria-label="Longest side"
          aria-describedby={`${id}-takes`}
          min={0}
          max={SIZES.length - 1}
          step={1}
          value={placeOfSize(longest)}
          style={{ "--part": `${(100 * placeOfSize(longest)) / (SIZES.length - 1)}%` }}
          aria-valuetext={`${longest} pixels`}
          onChange={({ currentTarget }) => {
            const size = SIZES[currentTarget.valueAsNumber];
            if (size !== undefined) set(size);
          }}
        />
      </div>
      <div id={`${id}-takes`} class="takes">
        <Takes onSize={set} />
      </div>
    </section>
  );
}

function Takes({ onSize }: { onSize(size: number): void }) {
  const { estimates, about } = useStudio();
  const estimate = estimates.newest.value;
  const refused = estimates.refused.value;
  if (refused !== undefined) return <p class="wrong-text">{refused}</p>;
  if (estimate === undefined) return <p class="dim">Estimating…</p>;
  const { failure, memory, seconds, blocks } = estimate;
  const { longestSide } = failure ?? {};
  const most = about.value?.memory;
  return (
    <>
      <p class="dim">{pixelsInWords(estimate)} px</p>
      <p class="dim">
        {bytesInWords(memory)}
        {most === undefined ? "" : ` of ${bytesInWords(most)}`}
        {seconds === undefined ? "" : ` · about ${secondsInWords(seconds)}`}
      </p>
      {failure !== undefined && (
        <p class="wrong-text">
          {failure.message}{" "}
          {longestSide !== undefined && (
            <button type="button" class="link" onClick={() => onSize(longestSide)}>
              Use {longestSide} px
            </button>
          )}
        </p>
      )}
      {blocks && failure === undefined && (
        <p class="dim">Looked at in blocks at the last size, which takes longer.</p>
      )}
    </>
  );
}
