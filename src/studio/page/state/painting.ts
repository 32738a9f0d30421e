/**
 * What is done with runs: begin, steer, stop, go on. A change of what can be steered is told to the run that is looked at; any
 * other change begins a new run from the picture as it is.
 * @module
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Run, StudioEngine, Version } from "../../engine.ts";
import { type Clock, whenQuiet } from "./clock.ts";
import { APPLIED_AT_ONCE, type Change, changeBetween } from "./difference.ts";
import type { Draft } from "./draft.ts";
import type { Drafts } from "./drafts.ts";
import { failureOf, StudioError } from "./failure.ts";
import type { Notices } from "./notices.ts";
import { canBeSteered, choose } from "./options.ts";
import type { Beginning, Requests } from "./requests.ts";
import { isActive, type Runs, versionsOf } from "./runs.ts";
import { scalesFrom } from "./scales.ts";
import { nextSize } from "./sizes.ts";
import { type VariantsAsked, variantsOf } from "./variants.ts";

/** What is done with runs. */
export interface Painting {
  /** Whether an answer is awaited. */
  readonly busy: ReadonlySignal<boolean>;
  /** What the draft has that the run under way has not; undefined where there is nothing. */
  readonly change: ReadonlySignal<Change | undefined>;
  paint(): Promise<void>;
  /** Applies what waits for a word. */
  apply(): Promise<void>;
  /** Puts the draft back to what the run under way was told. */
  putBack(): void;
  stop(): Promise<void>;
  resume(): Promise<void>;
  discard(id: string): Promise<void>;
  keep(): Promise<Run | undefined>;
  larger(): Promise<void>;
  continueFrom(run: Run, version: Version): Promise<void>;
  variants(asked: VariantsAsked): Promise<void>;
  /** Takes a run's pictures and options as the draft. */
  useSettings(run: Run): Promise<void>;
  /** Begins again with the longest side that the memory suffices for. */
  paintAt(longest: number): Promise<void>;
}

/** What it takes. */
export interface PaintingNeeds {
  readonly engine: StudioEngine;
  readonly clock: Clock;
  readonly drafts: Drafts;
  readonly runs: Runs;
  readonly requests: Requests;
  readonly notices: Notices;
  readonly readOnly: ReadonlySignal<boolean>;
  /** Whether a mask is being painted: it counts when the brush is put away. */
  readonly brushing: ReadonlySignal<boolean>;
  draftOf(run: Run): Promise<Draft>;
}

/** Milliseconds: keys move a slider step by step, and all of them are one steer. */
const QUIET = 350;

export function createPainting(needs: PaintingNeeds): Painting {
  const { engine, clock, drafts, runs, requests, notices, readOnly, brushing, draftOf } = needs;
  const busy = signal(false);

  const change = computed(() => {
    const [run, baseline] = [runs.current.value, drafts.baseline.value];
    if (run === undefined || baseline?.run !== run.id || !isActive(run)) return undefined;
    const all = changeBetween(baseline.draft, drafts.now.value);
    return all.steering === undefined && all.restart.length === 0 ? undefined : all;
  });

  let before: Promise<unknown> = Promise.resolve();
  let underWay = 0;

  /** One after another: a Stop that comes while a steer is under way is not lost. */
  function attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    const own = before.then(async () => {
      if (readOnly.peek())
        throw new StudioError({ message: "Another tab steers, or the studio does not answer." });
      return work();
    });
    underWay += 1;
    busy.value = true;
    const answered = own.catch((error: unknown) => {
      notices.complain(failureOf(error).message);
      return undefined;
    });
    before = answered.then(() => {
      underWay -= 1;
      busy.value = underWay > 0;
    });
    return answered;
  }

  async function begin(draft: Draft, beginning: Beginning = {}): Promise<Run | undefined> {
    const request = await requests.whole(draft, beginning);
    if (request === undefined) {
      notices.complain(
        draft.photograph === undefined ? "Choose a photograph first." : "Choose a painting first.",
      );
      return undefined;
    }
    const run = await engine.begin(request);
    runs.takeRun(run);
    return run;
  }

  function follow(run: Run, draft: Draft): void {
    drafts.begun({ run: run.id, draft });
    runs.look(run.id);
    runs.lookAtGrid(false);
  }

  /** Begins from a version, with the sizes that it has not seen. */
  async function beginFrom(draft: Draft, run: Run, version: Version): Promise<void> {
    const picture = await engine.versionPicture(run.id, version.id);
    const { id } = await engine.addPicture(picture, version.file);
    const longest = draft.options.size ?? Math.max(run.width, run.height);
    const present = Math.max(version.width, version.height);
    const begun = await begin(draft, { initial: id, scales: scalesFrom(draft.options, longest, present) });
    if (begun !== undefined) follow(begun, draft);
  }

  async function stopped(run: Run): Promise<Run> {
    if (!isActive(run)) return run;
    const after = await engine.stop(run.id);
    runs.takeRun(after);
    return after;
  }

  async function restart(run: Run, restarting: Change["restart"]): Promise<void> {
    const draft = drafts.now.peek();
    const after = await stopped(run);
    const version = versionsOf(after).at(-1);
    if (version === undefined || restarting.includes("photograph")) {
      const begun = await begin(draft);
      if (begun !== undefined) follow(begun, draft);
    } else {
      await beginFrom(draft, after, version);
    }
    notices.tell(restarting.includes("photograph") ? "Started again." : "Started again from here.");
  }

  async function steer(run: Run, steering: NonNullable<Change["steering"]>): Promise<void> {
    const [told, baseline] = [drafts.now.peek(), drafts.baseline.peek()];
    runs.takeRun(await engine.steer(run.id, steering));
    if (baseline !== undefined) drafts.begun({ run: run.id, draft: withSteerable(baseline.draft, told) });
  }

  async function applyNow(all: boolean): Promise<void> {
    const [run, wanted] = [runs.current.peek(), change.peek()];
    if (run === undefined || wanted === undefined || readOnly.peek()) return;
    // What waits for its turn is told when it has come.
    if (run.status === "waiting" && !all) return;
    const atOnce = wanted.restart.filter((reason) => APPLIED_AT_ONCE.includes(reason));
    const waits = wanted.restart.length > atOnce.length || (atOnce.includes("masks") && brushing.peek());
    const restarting = all || (atOnce.length > 0 && !waits);
    if (restarting && wanted.restart.length > 0) await attempt(() => restart(run, wanted.restart));
    else if (wanted.steering !== undefined && run.status !== "waiting") {
      const { steering } = wanted;
      await attempt(() => steer(run, steering));
    }
  }

  const soon = whenQuiet(clock, QUIET, () => {
    if (busy.peek()) soon.soon();
    else void applyNow(false);
  });
  effect(() => {
    brushing.value;
    const status = runs.current.value?.status;
    if (change.value !== undefined && status !== undefined) soon.soon();
  });

  async function painted(): Promise<void> {
    const draft = drafts.now.peek();
    const begun = await begin(draft);
    if (begun !== undefined) follow(begun, draft);
  }

  return {
    busy,
    change,
    async paint() {
      // Whoever presses twice wants one picture.
      if (busy.peek()) return;
      const run = runs.current.peek();
      if (run !== undefined && isActive(run) && change.peek() === undefined) {
        return notices.tell("It is being painted. Stop it first, or change something.");
      }
      if (change.peek() !== undefined) return applyNow(true);
      await attempt(painted);
    },
    apply: () => applyNow(true),
    putBack() {
      const baseline = drafts.baseline.peek();
      if (baseline !== undefined) drafts.edit("putting back", () => baseline.draft);
    },
    async stop() {
      const run = runs.current.peek();
      if (run === undefined || !isActive(run)) return;
      await attempt(() => stopped(run));
    },
    async resume() {
      const run = runs.current.peek();
      if (run === undefined) return;
      await attempt(async () => {
        runs.takeRun(await engine.resume(run.id));
        runs.look(run.id);
        // What was changed meanwhile is told as soon as it goes on.
        if (drafts.baseline.peek()?.run !== run.id) drafts.begun({ run: run.id, draft: await draftOf(run) });
      });
    },
    async discard(id) {
      await attempt(async () => {
        await engine.discard(id);
        runs.take({ kind: "discarded", id });
        if (runs.current.peek() === undefined) runs.look(undefined);
      });
    },
    async keep() {
      const run = runs.current.peek();
      if (run === undefined) return undefined;
      return attempt(async () => {
        const kept = await engine.keep(run.id);
        runs.takeRun(kept);
        return kept;
      });
    },
    async larger() {
      const run = runs.current.peek();
      const size = run && nextSize(Math.max(run.width, run.height));
      if (run === undefined || size === undefined) return;
      const base = drafts.baseline.peek()?.run === run.id ? drafts.now.peek() : await draftOf(run);
      const draft = { ...base, options: choose(base.options, "size", size).options ?? base.options };
      const looked = runs.version.peek();
      drafts.edit("the size", () => draft);
      await attempt(async () => {
        const after = await stopped(run);
        const version = looked ?? versionsOf(after).at(-1);
        if (version !== undefined) return beginFrom(draft, after, version);
        const begun = await begin(draft);
        if (begun !== undefined) follow(begun, draft);
      });
    },
    async continueFrom(run, version) {
      const now = drafts.now.peek();
      const sameSubject = now.photograph?.id === run.request.content;
      await attempt(async () => {
        const draft = sameSubject ? now : await draftOf(run);
        if (!sameSubject) drafts.edit("the settings", () => draft);
        const current = runs.current.peek();
        if (current !== undefined) await stopped(current);
        await beginFrom(draft, run, version);
      });
    },
    async variants(asked) {
      const group = `variants-${clock.now().toString(36)}`;
      await attempt(async () => {
        const begun: Run[] = [];
        for (const draft of variantsOf(drafts.now.peek(), asked)) {
          const run = await begin(draft, { group });
          if (run === undefined) return;
          begun.push(run);
        }
        runs.look(begun[0]?.id);
        runs.lookAtGrid(true);
      });
    },
    async useSettings(run) {
      await attempt(async () => {
        const draft = await draftOf(run);
        drafts.edit("the settings", () => draft);
        drafts.begun({ run: run.id, draft });
      });
    },
    async paintAt(longest) {
      drafts.edit("the size", (draft) => ({
        ...draft,
        options: choose(draft.options, "size", longest).options ?? draft.options,
      }));
      await attempt(painted);
    },
  };
}

/** A draft with what can be steered from another. */
function withSteerable(draft: Draft, told: Draft): Draft {
  let options = draft.options;
  for (const name of new Set([...Object.keys(draft.options), ...Object.keys(told.options)])) {
    if (canBeSteered(name)) options = choose(options, name, undefined).options ?? options;
  }
  for (const [name, value] of Object.entries(told.options)) {
    if (canBeSteered(name)) options = choose(options, name, value).options ?? options;
  }
  const styles = draft.styles.map((style, index) => ({
    ...style,
    weight: told.styles[index]?.picture.id === style.picture.id ? told.styles[index].weight : style.weight,
  }));
  return { ...draft, options, styles };
}
