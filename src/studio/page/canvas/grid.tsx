/**
 * Variants side by side, to choose from: each is looked at on its own by a click.
 * @module
 */

import type { Run } from "../../engine.ts";
import { useStudio } from "../context.ts";
import { Thumbnail } from "../parts/thumbnail.tsx";
import { percent, statusInWords } from "../state/words.ts";

export function Grid() {
  const { runs, painting } = useStudio();
  const members = runs.group.value;
  const strengths = new Set(members.map(({ request }) => request.options.strength)).size;
  return (
    <div class="grid-view">
      <ul class="grid" aria-label="Variants" style={{ "--columns": String(Math.max(1, strengths)) }}>
        {members.map((run) => (
          <li key={run.id}>
            <button
              type="button"
              class="cell"
              onClick={() => {
                runs.look(run.id);
                runs.lookAtGrid(false);
              }}
            >
              <span class="cell-picture" style={{ aspectRatio: `${run.width} / ${run.height}` }}>
                <Thumbnail purpose={`run ${run.id}`} alt={nameOf(run)} />
              </span>
              <span class="cell-name">
                {nameOf(run)} <span class="dim">{stateOf(run)}</span>
              </span>
            </button>
            <button
              type="button"
              class="quiet small"
              onClick={() => {
                runs.look(run.id);
                runs.lookAtGrid(false);
                void painting.useSettings(run);
              }}
            >
              Choose
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const nameOf = ({ request }: Run): string => `Strength ${request.options.strength ?? 0.5}`;

const stateOf = (run: Run): string =>
  run.status === "running"
    ? percent(run.progress?.done ?? 0)
    : run.status === "finished"
      ? ""
      : statusInWords(run);
