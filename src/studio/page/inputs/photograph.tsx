/**
 * The photograph: what it is, another one in its place.
 * @module
 */
import { useStudio } from "../context.ts";
import { Thumbnail } from "../parts/thumbnail.tsx";
import { pixelsInWords } from "../state/words.ts";
import { ChooseFile } from "./choose-file.tsx";
import { Examples } from "./examples.tsx";

/** Small pictures are fetched twice as large as they are shown. */
export const SMALL = 192;

export function Photograph() {
  const { drafts, intake, engine, readOnly } = useStudio();
  const { photograph } = drafts.now.value;
  const choose = (files: Parameters<typeof intake.take>[0]) => void intake.take(files, "photograph");
  return (
    <section class="section" aria-labelledby="photograph-heading">
      <h2 id="photograph-heading">Photograph</h2>
      <ChooseFile
        class="subject"
        label={photograph === undefined ? "Choose a photograph" : `Replace ${photograph.name}`}
        disabled={readOnly.value}
        onChoose={choose}
      >
        {photograph === undefined ? (
          <span class="thumbnail empty" />
        ) : (
          <Thumbnail
            purpose="small photograph"
            picture={photograph.id}
            alt=""
            fetch={() => engine.picture(photograph.id, SMALL)}
          />
        )}
        <span class="subject-text">
          <span class="name">{photograph?.name ?? "No photograph yet"}</span>
          <span class="dim">{photograph === undefined ? " " : `${pixelsInWords(photograph)} px`}</span>
          <span class="link">Drop, paste or choose</span>
        </span>
      </ChooseFile>
      <Examples of="photograph" />
    </section>
  );
}
