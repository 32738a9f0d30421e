/**
 * What the terms of a run count, as long as somebody may change it.
 * @module
 */
import type { Named } from "./named.ts";
import { parseSteering, type Steering } from "./options.ts";
import type { Prepared } from "./prepare.ts";
import { type Settings, steered, steeringOf } from "./settings.ts";

/** Settings as they are steered, and the weights that follow from them. */
export interface SteeredWeights {
  /** All that can be changed, as it is at present; nothing where nothing can. */
  steering(): Steering | undefined;
  settings(): Settings;
  /** Whether anything was changed. */
  changed(): boolean;
  /** The weights as they are. */
  now(prepared: Prepared): Named<number>;
  /** What to ask for the weights before each evaluation. */
  weights(prepared: Prepared): () => Promise<Named<number>>;
}

/**
 * Begins to follow.
 * @param steer asked for what is wished now; what it does not name stays as it is.
 * @param before what was to count in a run that is gone on with.
 */
export function steeredWeights(
  settings: Settings,
  steer: (() => Steering | undefined) | undefined,
  before: Steering | undefined,
): SteeredWeights {
  let steering = before ?? (steer && steeringOf(settings));
  let now = before ? steered(settings, before) : settings;
  let wished = "";
  const own = JSON.stringify(steeringOf(settings));
  let changed = before !== undefined && JSON.stringify(before) !== own;
  return {
    steering: () => steering,
    settings: () => now,
    changed: () => changed,
    now: (prepared) => weightsIn(prepared, now),
    weights(prepared) {
      let weighed = weightsIn(prepared, now);
      return async () => {
        const wish = steer?.();
        // By what it says: whoever steers may say it in the same record.
        const said = JSON.stringify(wish);
        if (wish === undefined || said === wished) return weighed;
        wished = said;
        const { blend } = now;
        const next = steered(now, parseSteering(wish));
        // Where nothing would count the picture has nothing to become: it goes on as it was.
        if (next.contentWeight === 0 && next.styleWeight === 0) return weighed;
        now = next;
        steering = steeringOf(now);
        changed ||= JSON.stringify(steering) !== own;
        if (now.blend !== blend) await prepared.blend(now.blend);
        weighed = weightsIn(prepared, now);
        return weighed;
      };
    },
  };
}

/** What the terms count, and the styles, where that was changed: another blend is another objective, too. */
const weightsIn = ({ weights }: Prepared, settings: Settings): Named<number> => ({
  ...weights(settings),
  ...Object.fromEntries((settings.blend ?? []).map((weight, index) => [`blend.${index}`, weight])),
});
