/**
 * What has changed since a run was begun: what it can be told while it goes on, and what it takes a new run for.
 * @module
 */
import { type Steering, steeringSchema } from "../../../transfer/options.ts";
import { steeringOf } from "../../../transfer/settings.ts";
import type { Draft, DraftStyle } from "./draft.ts";
import { canBeSteered, settingsOf } from "./options.ts";

/** What cannot be changed in a run. */
export type Restart =
  | "photograph"
  | "paintings"
  | "masks"
  | "stroke size"
  | "size"
  | "colours"
  | "network"
  | "options";

/** What has changed. */
export interface Change {
  /** Absent where there is nothing to be told. */
  readonly steering?: Steering;
  readonly restart: readonly Restart[];
}

/** What is applied as soon as a hand is taken off it; the rest waits for a word. */
export const APPLIED_AT_ONCE: readonly Restart[] = ["stroke size", "masks"];

/** What has changed from one draft to another. */
export function changeBetween(before: Draft, after: Draft): Change {
  const restart: Restart[] = [];
  if (before.photograph?.id !== after.photograph?.id) restart.push("photograph");
  const ids = ({ styles }: Draft): string => styles.map(({ picture }) => picture.id).join();
  const samePaintings = ids(before) === ids(after);
  if (!samePaintings) restart.push("paintings");
  const masks = ({ keep, styles }: Draft): string => JSON.stringify([keep, styles.map(({ mask }) => mask)]);
  if (samePaintings && masks(before) !== masks(after)) restart.push("masks");
  for (const name of new Set([...Object.keys(before.options), ...Object.keys(after.options)])) {
    const same = JSON.stringify(valueIn(before, name)) === JSON.stringify(valueIn(after, name));
    const reason = same || canBeSteered(name) ? undefined : reasonFor(name);
    if (reason !== undefined && !restart.includes(reason)) restart.push(reason);
  }
  const steering = {
    ...weightsChanged(before, after),
    ...(samePaintings ? blendChanged(before, after) : {}),
  };
  return {
    restart,
    ...(Object.keys(steering).length > 0 ? { steering: steeringSchema.parse(steering) } : {}),
  };
}

const valueIn = ({ options }: Draft, name: string): unknown => Reflect.get(options, name);

const REASONS: Readonly<Record<string, Restart>> = {
  styleScale: "stroke size",
  size: "size",
  color: "colours",
  network: "network",
};

const reasonFor = (name: string): Restart => REASONS[name] ?? "options";

/** The strength by its name where it is one, so that a person reads it again in the versions; else the weights. */
function weightsChanged(before: Draft, after: Draft): Readonly<Record<string, unknown>> {
  const [from, to] = [before, after].map(({ options }) => Object.entries(steeringOf(settingsOf(options))));
  const old = new Map(from);
  const changed = Object.fromEntries(
    (to ?? []).filter(([name, value]) => JSON.stringify(old.get(name)) !== JSON.stringify(value)),
  );
  const { strength } = after.options;
  const { contentWeight, styleWeight, ...others } = changed;
  if (contentWeight === undefined && styleWeight === undefined) return others;
  if (strength !== undefined) return { ...others, strength };
  return changed;
}

const weightsOf = (styles: readonly DraftStyle[]): number[] => styles.map(({ weight }) => weight);

function blendChanged(before: Draft, after: Draft): { readonly blend?: readonly number[] } {
  const blend = weightsOf(after.styles);
  const same = weightsOf(before.styles).every((weight, index) => weight === blend[index]);
  return same || blend.every((weight) => weight === 0) ? {} : { blend };
}
