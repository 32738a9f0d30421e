/**
 * The paintings whose style is taken: how much each counts, and where.
 * @module
 */
import { useStudio } from "../context.ts";
import { Icon } from "../parts/icon.tsx";
import { IconButton } from "../parts/icon-button.tsx";
import { Slider } from "../parts/slider.tsx";
import { Thumbnail } from "../parts/thumbnail.tsx";
import { type DraftStyle, MOST_STYLES, withStyle, withStyleRemoved } from "../state/draft.ts";
import { percent } from "../state/words.ts";
import { ChooseFile } from "./choose-file.tsx";
import { Examples } from "./examples.tsx";
import { SMALL } from "./photograph.tsx";

export function Paintings() {
  const { drafts, intake, readOnly } = useStudio();
  const { styles } = drafts.now.value;
  return (
    <section class="section" aria-labelledby="paintings-heading">
      <h2 id="paintings-heading">{styles.length > 1 ? "Paintings" : "Painting"}</h2>
      <ul class="paintings">
        {styles.map((style, place) => (
          <Painting
            key={`${style.picture.id} ${place}`}
            style={style}
            place={place}
            alone={styles.length === 1}
          />
        ))}
      </ul>
      <ChooseFile
        class="add"
        label="Add a painting"
        multiple
        disabled={readOnly.value || styles.length >= MOST_STYLES}
        onChoose={(files) => void intake.take(files, "painting")}
      >
        <Icon name="plus" /> Add a painting
      </ChooseFile>
      <Examples of="painting" />
    </section>
  );
}

function Painting({
  style,
  place,
  alone,
}: {
  readonly style: DraftStyle;
  readonly place: number;
  readonly alone: boolean;
}) {
  const { drafts, engine, brush, notices, history, readOnly } = useStudio();
  const { picture, weight, mask } = style;
  const sum = drafts.now.value.styles.reduce((total, one) => total + one.weight, 0);
  const remove = () => {
    drafts.edit(`removing ${picture.name}`, (draft) => withStyleRemoved(draft, place));
    const done = history.newest.peek();
    if (done !== undefined) {
      notices.tell(`${picture.name} is removed.`, { label: "Undo", run: () => history.undoThis(done) });
    }
  };
  return (
    <li class="painting">
      <div class="subject">
        <Thumbnail
          purpose={`small ${picture.id}`}
          picture={picture.id}
          alt=""
          fetch={() => engine.picture(picture.id, SMALL)}
        />
        <span class="subject-text">
          <span class="name">{picture.name}</span>
          <span class="dim">{mask.length > 0 ? "In a part of the picture" : "Everywhere"}</span>
        </span>
        <IconButton
          icon="brush"
          label={`Where ${picture.name} paints`}
          disabled={readOnly.value || drafts.now.value.photograph === undefined}
          onClick={() => brush.take(place)}
        />
        <IconButton
          icon="close"
          label={`Remove ${picture.name}`}
          disabled={readOnly.value}
          onClick={remove}
        />
      </div>
      {!alone && (
        <Slider
          label={`Share of ${picture.name}`}
          value={weight}
          max={Math.max(1, weight)}
          words={(value) => percent(value / Math.max(1e-9, sum - weight + value))}
          onChange={(value) =>
            drafts.edit("the blend", (draft) => withStyle(draft, place, { weight: value }))
          }
        />
      )}
    </li>
  );
}
