/**
 * The runs as events tell of them, and the one that is looked at.
 * @module
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Run, StudioEvent, Version } from "../../engine.ts";

/** The runs, and which is looked at. */
export interface Runs {
  /** The newest first. */
  readonly all: ReadonlySignal<readonly Run[]>;
  /** Whether it was told once which there are. */
  readonly known: ReadonlySignal<boolean>;
  readonly current: ReadonlySignal<Run | undefined>;
  /** The runs that were begun with the one that is looked at, itself included; none where it is alone. */
  readonly group: ReadonlySignal<readonly Run[]>;
  /** The version that is looked at; undefined for the run as it is. */
  readonly version: ReadonlySignal<Version | undefined>;
  /** Whether the whole group is looked at. */
  readonly asGrid: ReadonlySignal<boolean>;
  take(event: StudioEvent): void;
  takeRun(run: Run): void;
  look(id: string | undefined, version?: string): void;
  lookAtGrid(on: boolean): void;
}

/** Whether it is being worked on, or is to be. */
export const isActive = ({ status }: Run): boolean =>
  status === "waiting" || status === "preparing" || status === "running";

/** Versions that were not removed. */
export const versionsOf = ({ versions }: Run): readonly Version[] =>
  versions.filter(({ removed }) => !removed);

export function createRuns(): Runs {
  const all = signal<readonly Run[]>([]);
  const known = signal(false);
  const looked = signal<{ readonly id?: string; readonly version?: string | undefined }>({});
  const grid = signal(false);

  const put = (run: Run): void => {
    const old = all.value.find(({ id }) => id === run.id);
    // Answers and events come by different ways, and may overtake one another.
    if (old !== undefined && old.revision > run.revision) return;
    const others = all.value.filter(({ id }) => id !== run.id);
    all.value = [...others, run].sort((a, b) => b.created - a.created);
  };

  const current = computed(() => all.value.find(({ id }) => id === looked.value.id));
  const group = computed(() => {
    const name = current.value?.request.group;
    if (name === undefined) return [];
    const members = all.value.filter(({ request }) => request.group === name).reverse();
    return members.length > 1 ? members : [];
  });
  return {
    all,
    known,
    current,
    group,
    version: computed(() => current.value?.versions.find(({ id }) => id === looked.value.version)),
    asGrid: computed(() => grid.value && group.value.length > 0),
    takeRun: put,
    take(event) {
      if (event.kind === "all") {
        all.value = [...event.runs].sort((a, b) => b.created - a.created);
        known.value = true;
      } else if (event.kind === "run") {
        put(event.run);
      } else if (event.kind === "discarded") {
        all.value = all.value.filter(({ id }) => id !== event.id);
      }
    },
    look(id, version) {
      looked.value = { ...(id === undefined ? {} : { id }), version };
    },
    lookAtGrid: (on) => {
      grid.value = on;
    },
  };
}
