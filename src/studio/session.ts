/**
 * A studio as one page has it: everything but looking is refused while another one steers.
 * @module
 */
import type { StudioEngine } from "./engine.ts";
import type { Listener } from "./events.ts";
import type { Helm } from "./helm.ts";

/** What pages share. */
type Shared = Omit<StudioEngine, "client" | "takeOver">;

/** The studio as a page has it. @param client the page's own name. */
export function clientOf(studio: Shared, helm: Helm, client: string): StudioEngine {
  helm.offer(client);
  /** Only for the page that steers. */
  const steering =
    <Words extends unknown[], Result>(method: (...words: Words) => Promise<Result>) =>
    async (...words: Words): Promise<Result> => {
      helm.require(client);
      return method.apply(studio, words);
    };
  const looking =
    <Words extends unknown[], Result>(method: (...words: Words) => Promise<Result>) =>
    (...words: Words): Promise<Result> =>
      method.apply(studio, words);
  return {
    client,
    watch(listener: Listener) {
      const left = helm.watch(client);
      const end = studio.watch(listener);
      return () => {
        end();
        left();
      };
    },
    async takeOver() {
      helm.take(client);
    },
    about: looking(studio.about),
    picture: looking(studio.picture),
    estimate: looking(studio.estimate),
    runs: looking(studio.runs),
    losses: looking(studio.losses),
    preview: looking(studio.preview),
    versionPicture: looking(studio.versionPicture),
    addPicture: steering(studio.addPicture),
    begin: steering(studio.begin),
    steer: steering(studio.steer),
    keep: steering(studio.keep),
    stop: steering(studio.stop),
    resume: steering(studio.resume),
    discard: steering(studio.discard),
    star: steering(studio.star),
    remove: steering(studio.remove),
    fetchWeights: steering(studio.fetchWeights),
    addWeights: steering(studio.addWeights),
  };
}
