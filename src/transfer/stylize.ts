/**
 * Neural style transfer (Gatys, Ecker and Bethge, 2016), size after size, from coarse to fine: what a run is, is in run.ts,
 * the work at one size in repaint-at.ts. The method on one page is `examples/method.ts`.
 * @module
 */
import { overMeanColour, withAlpha } from "../image/alpha.ts";
import { type Mask, resizeMask } from "../image/mask.ts";
import { inProfile, type Picture } from "../image/picture.ts";
import { resize } from "../image/resize.ts";
import { finishColours, prepareColours } from "./colour.ts";
import type { Engine } from "./engine.ts";
import { keeping } from "./guidance.ts";
import type { Iterate, Stylization } from "./iterate.ts";
import { parseOptions } from "./options.ts";
import { keptAt } from "./prepare.ts";
import { repaintAt } from "./repaint-at.ts";
import {
  beginning,
  beginRun,
  type Progress,
  type Run,
  type RunControls,
  type StylizeRequest,
} from "./run.ts";
import { bestOf, type RunState, scaleStateOf } from "./run-state.ts";
import { finalSize } from "./schedule.ts";
import { resolveSettings, type Settings, steeringOf } from "./settings.ts";
import { pictureOf } from "./start.ts";

/**
 * Repaints a photograph in the style of one painting or several. Yields after each evaluation of the loss; the
 * generator's return value is the result. Stopped by the signal, it returns the best picture so far.
 * @throws MisuseError for options or weights that make no sense.
 * @throws ImpastoError when the memory does not suffice.
 * @throws UnfinishedError when it cannot go on: a DivergedError when the loss stops being a finite number, a DeviceError when
 * the device fails; it has the best picture before that.
 * @example
 * const steps = stylize({ content, styles: [{ picture: painting, weight: 1 }] }, engine);
 * const { picture } = await drain(steps, ({ loss }) => console.log(loss.total));
 */
export const stylize = (
  { options = {}, ...request }: StylizeRequest,
  engine: Engine,
  controls: RunControls = {},
): AsyncGenerator<Iterate, Stylization> => {
  const parsed = parseOptions(options);
  const bounded = parsed.memory === undefined ? engine : { ...engine, memory: parsed.memory };
  return repaint(request, resolveSettings(parsed), bounded, controls);
};

/** As {@link stylize}, with every choice already made. */
export async function* repaint(
  request: Omit<StylizeRequest, "options">,
  settings: Settings,
  engine: Engine,
  controls: RunControls = {},
): AsyncGenerator<Iterate, Stylization> {
  const run = beginRun(request, settings, engine, controls);
  let progress = beginning(run, request.initial);
  for (const index of run.plan.keys()) {
    if (index < (controls.from?.scale ?? 0)) continue;
    progress = yield* repaintAt(index, run, progress);
    if (progress.stopped) break;
  }
  const result = resultOf(run, request.content, progress);
  const { failure, reached } = progress;
  if (failure) throw failure.withBest(reached && result);
  return result;
}

/** What a run has come to in a state, as if it had been stopped there. Nothing is computed for it. */
export function reachedIn(
  state: RunState,
  { content, keep }: Pick<StylizeRequest, "content" | "keep">,
  settings: Settings,
): Stylization {
  const { plan, scale, evaluation, evaluationsBefore, steering, seconds } = state;
  const photograph = overMeanColour(content);
  const subject = prepareColours({ photograph, styles: [], keep }, settings.color);
  const here = scaleStateOf(state);
  const reached = bestOf(here);
  const size = finalSize(plan.slice(0, scale + 1));
  const own = JSON.stringify(steeringOf(settings));
  const changed = (): boolean => steering !== undefined && JSON.stringify(steering) !== own;
  return resultOf(
    { photograph, subject, settings, steering: { changed }, plan, elapsed: () => seconds },
    content,
    {
      picture: keeping(pictureOf(reached.variables, size, settings.variables), keptAt(size, subject)),
      reached,
      secondsPerEvaluation: here.seconds / evaluation,
      evaluations: evaluationsBefore + evaluation,
      stopped: true,
    },
  );
}

/** What a result is made of. */
type Finished = Pick<Run, "photograph" | "subject" | "settings" | "plan" | "elapsed"> & {
  readonly steering: Pick<Run["steering"], "changed">;
};

function resultOf(
  { photograph, subject, settings, steering, plan, elapsed }: Finished,
  content: Picture,
  progress: Progress,
): Stylization {
  const { width, height } = finalSize(plan);
  const { alpha } = content.alpha ? resize(content, width, height) : content;
  const { picture, reached, secondsPerEvaluation = 0, evaluations, stopped } = progress;
  // Stopped at a smaller size, the photograph that was kept was small as well.
  const enlarged = picture.width !== width || picture.height !== height;
  const shown = resize(picture, width, height);
  const kept = enlarged ? keptAt({ width, height }, subject) : {};
  // Losses see the photograph laid over a colour; what is shown of it has its own, and its alpha.
  const { rgb } = resize(content, width, height);
  const own = { width, height, rgb };
  const painted = ownWhereKept(keeping(shown, kept), { own, content, photograph, keep: subject.keep });
  return {
    picture: inProfile(
      withAlpha(
        finishColours(painted, () => inProfile(own, photograph.profile), settings.color),
        alpha,
      ),
      settings.profile,
    ),
    loss: reached?.loss ?? NO_LOSS,
    evaluations,
    seconds: elapsed(),
    secondsPerEvaluation,
    plan,
    steered: steering.changed(),
    stopped,
  };
}

/** The picture with the photograph's own colours where it is kept, and not those that it was laid over. */
function ownWhereKept(
  picture: Picture,
  {
    own,
    content,
    photograph,
    keep,
  }: Record<"own" | "content" | "photograph", Picture> & { readonly keep?: Mask | undefined },
): Picture {
  if (keep === undefined || content.alpha === undefined) return picture;
  const { width, height } = own;
  const [mask, laid] = [resizeMask(keep, own), resize(photograph, width, height)];
  const rgb = picture.rgb.map((value, i) => value + mask[i % mask.length] * (own.rgb[i] - laid.rgb[i]));
  return { ...picture, rgb };
}

/** Runs a transfer to its end, telling of each step, and waiting where `onIterate` returns a promise. */
export async function drain(
  steps: AsyncGenerator<Iterate, Stylization>,
  onIterate: (iterate: Iterate) => unknown = () => {},
): Promise<Stylization> {
  try {
    let step = await steps.next();
    for (; !step.done; step = await steps.next()) await onIterate(step.value);
    return step.value;
  } catch (error) {
    // Where onIterate threw, the generator still holds a program: it is told, releases it and throws the same again.
    await steps.throw(error);
    throw error;
  }
}

const NO_LOSS = { total: Number.NaN, terms: {} };
