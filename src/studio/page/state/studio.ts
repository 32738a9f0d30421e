/**
 * All state of the page, put together: what the studio says, what was chosen, what is looked at. Components read its signals
 * and call its functions; it knows of no element.
 * @module
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { About, Run, StudioEngine, StudioEvent } from "../../engine.ts";
import { type Announcer, createAnnouncer } from "./announcer.ts";
import { type Blobs, createBlobs } from "./blobs.ts";
import { type Brush, createBrush } from "./brush.ts";
import { type CanvasState, createCanvas } from "./canvas.ts";
import type { Draft } from "./draft.ts";
import { createDrafts, type Drafts } from "./drafts.ts";
import { createEstimates } from "./estimates.ts";
import { failureOf } from "./failure.ts";
import { createHistory, type History } from "./history.ts";
import { createIntake, type Intake } from "./intake.ts";
import { createLosses, type Losses } from "./losses.ts";
import { createNotices, type Notices } from "./notices.ts";
import { choose, chosenOptions } from "./options.ts";
import { createPainting, type Painting } from "./painting.ts";
import type { Ports } from "./ports.ts";
import { createRequests } from "./requests.ts";
import { createRuns, isActive, type Runs, versionsOf } from "./runs.ts";
import { createVersions, type Versions } from "./versions.ts";
import { percent, statusInWords, titleOf } from "./words.ts";

/** Weights on their way. */
export interface Fetching {
  readonly done: number;
  readonly total: number;
}

/** The page's state. */
export interface PageState {
  readonly engine: StudioEngine;
  readonly ports: Ports;
  readonly about: ReadonlySignal<About | undefined>;
  readonly connected: ReadonlySignal<boolean>;
  /** Whether another page steers. */
  readonly elsewhere: ReadonlySignal<boolean>;
  /** Whether nothing can be changed: another page steers, or the studio does not answer. */
  readonly readOnly: ReadonlySignal<boolean>;
  readonly fetching: ReadonlySignal<Fetching | undefined>;
  readonly title: ReadonlySignal<string>;
  readonly estimates: ReturnType<typeof createEstimates>;
  readonly drafts: Drafts;
  readonly runs: Runs;
  readonly painting: Painting;
  readonly versions: Versions;
  readonly intake: Intake;
  readonly brush: Brush;
  readonly canvas: CanvasState;
  readonly blobs: Blobs;
  readonly losses: Losses;
  readonly notices: Notices;
  readonly announcer: Announcer;
  readonly history: History;
  /** Chooses an option, or leaves it to the preset; tells what was expected where it makes no sense. */
  choose(name: string, value: unknown): string | undefined;
  undo(): void;
  /** Saves what is looked at as a file. */
  save(): Promise<void>;
  takeOver(): Promise<void>;
  fetchWeights(): Promise<void>;
  /** Begins; the function that it returns ends it. */
  start(): () => void;
}

export function createPageState(engine: StudioEngine, ports: Ports): PageState {
  const notices = createNotices(ports.clock);
  const announcer = createAnnouncer(ports.clock);
  const history = createHistory();
  const drafts = createDrafts(ports.memory, history);
  const runs = createRuns();
  const blobs = createBlobs();
  const about = signal<About | undefined>(undefined);
  const connected = signal(true);
  const steering = signal<string | undefined>(undefined);
  const fetching = signal<Fetching | undefined>(undefined);
  const elsewhere = computed(() => steering.value !== undefined && steering.value !== engine.client);
  const readOnly = computed(() => elsewhere.value || !connected.value);
  const brush = createBrush(drafts);
  const intake = createIntake(engine, ports, drafts, notices);
  const requests = createRequests(engine, ports.drawMask, () => about.peek()?.size);
  const rough = computed(() => {
    about.value;
    return requests.rough(drafts.now.value);
  });
  const estimates = createEstimates(rough, (request) => engine.estimate(request), ports.clock);
  const losses = createLosses(runs.current, (id) => engine.losses(id), ports.clock);
  const picture = computed(() => {
    const { version, current } = { version: runs.version.value, current: runs.current.value };
    const { width, height } =
      version ?? current ?? estimates.newest.value ?? drafts.now.value.photograph ?? NO_PICTURE;
    return { width, height };
  });
  const canvas = createCanvas(picture);

  /** What a run was asked for, as a draft; masks stay with the run. */
  async function draftOf({ request, versions }: Run): Promise<Draft> {
    const { content, styles, options } = request;
    const named = new Map(
      versions.flatMap(({ recipe }) =>
        [recipe.content, ...recipe.styles].map(({ checksum, name }) => [checksum, name] as const),
      ),
    );
    const find = (id: string) => intake.known({ id, name: named.get(id) ?? "picture" });
    const found: Draft["styles"][number][] = [];
    for (const { id, weight } of styles) found.push({ picture: await find(id), weight, mask: [] });
    return {
      photograph: await find(content),
      styles: found,
      keep: [],
      options: chosenOptions.parse(options),
    };
  }

  const painting = createPainting({
    engine,
    clock: ports.clock,
    drafts,
    runs,
    requests,
    notices,
    readOnly,
    brushing: computed(() => brush.target.value !== undefined),
    draftOf,
  });
  const versions = createVersions(engine, runs, notices, history, ports.save);

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      notices.complain(failureOf(error).message);
    }
  }

  async function loadExamples(): Promise<void> {
    if (readOnly.peek()) return;
    const wanted = (["photograph", "painting"] as const).flatMap(
      (kind) => ports.examples.find((example) => example.of === kind) ?? [],
    );
    const empty = drafts.now.peek();
    let draft: Draft = empty;
    for (const example of wanted) {
      const stored = await engine.addPicture(await example.read(), example.name);
      const { id, name, width, height } = stored;
      drafts.note(stored);
      const given = { id, name, width, height };
      if (example.of === "photograph") draft = { ...draft, photograph: given };
      else draft = { ...draft, styles: [{ picture: given, weight: 1, mask: [] }] };
    }
    // Somebody may have been quicker.
    if (drafts.now.peek() === empty) drafts.replace(draft);
  }

  /** What to look at when it is first told what there is. */
  async function settle(): Promise<void> {
    const active = runs.all.peek().find((run) => isActive(run) && run.status !== "waiting");
    const begun = runs.all.peek().find(({ id }) => id === drafts.baseline.peek()?.run);
    const first = active ?? begun ?? (drafts.remembered ? undefined : runs.all.peek()[0]);
    if (first !== undefined) {
      runs.look(first.id);
      if (drafts.baseline.peek()?.run !== first.id) {
        const draft = await draftOf(first);
        drafts.replace(draft);
        drafts.begun({ run: first.id, draft });
      }
    } else if (!drafts.remembered) {
      await loadExamples();
    }
  }

  function take(event: StudioEvent): void {
    const isFirst = event.kind === "all" && !runs.known.peek();
    runs.take(event);
    if (event.kind === "all") {
      steering.value = event.steering;
      connected.value = true;
    } else if (event.kind === "steering") {
      steering.value = event.client;
    } else if (event.kind === "connection") {
      connected.value = event.connected;
    } else if (event.kind === "weights") {
      const over = event.failure !== undefined || event.done >= event.total;
      fetching.value = over ? undefined : { done: event.done, total: event.total };
      if (event.failure !== undefined) notices.complain(event.failure.message);
      if (over) void learn();
    }
    if (isFirst) void attempt(settle);
  }

  const learn = (): Promise<void> =>
    attempt(async () => {
      about.value = await engine.about();
      estimates.again();
    });

  /** Tells what happens to a screen reader, and fetches the pictures that are looked at. */
  const follow = (): (() => void)[] => [
    effect(() => {
      const run = runs.current.value;
      if (run === undefined) return;
      const sentence = run.failure?.message ?? statusInWords(run);
      announcer.say(
        run.status === "running" ? `${percent(run.progress?.done ?? 0)}. ${sentence}.` : `${sentence}.`,
      );
    }),
    effect(() => {
      const grid = runs.asGrid.value;
      const looked = grid ? runs.group.value : [runs.current.value].flatMap((run) => run ?? []);
      for (const run of looked) wantPicture(run);
    }),
    effect(() => {
      // A finished run has been told something of its own by then, or the estimate knows more.
      runs.current.value?.status;
      estimates.again();
    }),
  ];

  function wantPicture(run: Run): void {
    const version = runs.version.value ?? (isActive(run) ? undefined : versionsOf(run).at(-1));
    if (version !== undefined && run.versions.includes(version)) {
      blobs.want(`run ${run.id}`, version.id, () => engine.versionPicture(run.id, version.id));
    } else if (run.preview > 0) {
      blobs.want(`run ${run.id}`, `preview ${run.preview}`, () => engine.preview(run.id));
    }
  }

  return {
    engine,
    ports,
    about,
    connected,
    elsewhere,
    readOnly,
    fetching,
    title: computed(() => titleOf(runs.current.value)),
    estimates,
    drafts,
    runs,
    painting,
    versions,
    intake,
    brush,
    canvas,
    blobs,
    losses,
    notices,
    announcer,
    history,
    choose(name, value) {
      const { options, expected } = choose(drafts.now.peek().options, name, value);
      if (options === undefined) return expected;
      drafts.edit(name, (draft) => ({ ...draft, options }));
      return undefined;
    },
    undo() {
      const what = history.undo();
      if (what !== undefined) announcer.say(`Undone: ${what}.`);
    },
    async save() {
      const run = runs.current.peek();
      if (run === undefined) return;
      if (!connected.peek()) {
        const shown = blobs.of(`run ${run.id}`).peek();
        if (shown !== undefined) ports.save(shown.blob, "impasto.png");
        return;
      }
      const looked = runs.version.peek() ?? (isActive(run) ? undefined : versionsOf(run).at(-1));
      if (looked !== undefined) return versions.download(run, looked);
      const kept = await painting.keep();
      const newest = kept && versionsOf(kept).at(-1);
      if (kept !== undefined && newest !== undefined) await versions.download(kept, newest);
    },
    takeOver: () =>
      attempt(async () => {
        await engine.takeOver();
        steering.value = engine.client;
        drafts.reload();
        if (drafts.now.peek().photograph === undefined) await loadExamples();
      }),
    fetchWeights: () =>
      attempt(async () => {
        fetching.value = { done: 0, total: 0 };
        try {
          await engine.fetchWeights();
        } finally {
          fetching.value = undefined;
        }
        await learn();
      }),
    start() {
      const end = [engine.watch(take), ...follow()];
      void learn();
      return () => {
        for (const one of end) one();
      };
    },
  };
}

/** The shape of an empty canvas. */
const NO_PICTURE = { width: 480, height: 320 };
