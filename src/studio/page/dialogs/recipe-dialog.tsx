/**
 * A picture that impasto made was dropped: its recipe can be had again, or it is a picture as any other.
 * @module
 */
import { useStudio } from "../context.ts";
import { DifferenceTable } from "../steering/difference-table.tsx";
import { Dialog } from "./dialog.tsx";

export function RecipeDialog() {
  const { intake, notices, history } = useStudio();
  const offer = intake.offer.value;
  return (
    <Dialog
      title="This picture carries its recipe"
      open={offer !== undefined}
      onClose={() => intake.dismissOffer()}
    >
      {offer && (
        <>
          <p>
            It was painted from {offer.recipe.content.name} in the style of{" "}
            {offer.recipe.styles.map(({ name }) => name).join(" and ")}.
          </p>
          {offer.recipe.steered && (
            <p class="hint">
              It was steered while it was painted: the recipe alone makes a picture a little different.
            </p>
          )}
          {offer.recipe.differences.length === 0 ? (
            <p class="hint">Its settings are those that you have.</p>
          ) : (
            <DifferenceTable differences={offer.recipe.differences} />
          )}
          <div class="row">
            <button
              type="button"
              class="primary"
              onClick={async () => {
                await intake.restore(offer);
                const done = history.newest.peek();
                if (done !== undefined) {
                  notices.tell("The recipe is restored.", {
                    label: "Undo",
                    run: () => history.undoThis(done),
                  });
                }
              }}
            >
              Restore the recipe
            </button>
            <button
              type="button"
              onClick={() => {
                intake.dismissOffer();
                intake.use(offer.picture, offer.purpose);
              }}
            >
              Use as the {offer.purpose}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
