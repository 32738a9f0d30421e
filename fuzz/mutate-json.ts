/**
 * JSON that says something else: values replaced by what programs stumble over, properties left out, added and moved. What
 * comes out is JSON again, so that it reaches what looks at meanings and not only what reads letters.
 * @module
 */
import type { Random } from "../training/random.ts";

/** Stands for JSON that is nested without end, which could not be written from a value. */
const WITHOUT_END = "nested without end";
const LEVELS = 50_000;

/** What may stand in a value's place. */
const VALUES: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => false,
  () => 0,
  () => -0,
  () => 1,
  () => -1,
  () => 0.5,
  () => 1e-320,
  () => 1e308,
  () => 2 ** 31,
  () => 2 ** 53,
  () => -(2 ** 53),
  () => 65_536,
  () => "",
  () => " ",
  () => "\u0000",
  () => "\ud800",
  () => "\u001b[2J\u0007",
  () => "../../../../etc/passwd",
  () => "/dev/zero",
  () => "/dev/null",
  () => "-",
  () => "--output",
  () => ".",
  () => "NaN",
  () => "1e999",
  () => "x".repeat(70_000),
  () => "{content}{style}{nothing}",
  () => "**/*",
  () => "{{{{{{{{{{a,b},{a,b}},{a,b}},{a,b}},{a,b}},{a,b}},{a,b}},{a,b}},{a,b}},{a,b}}",
  () => [],
  () => ({}),
  () => [[]],
  () => ({ tensor: "state.optimizer.point" }),
  () => ({ number: "-Infinity" }),
  () => ({ number: "NaN" }),
  () => ({ toString: 1, valueOf: 2 }),
  () => new Array<number>(3000).fill(1),
  () => JSON.parse(`${"[".repeat(100)}${"]".repeat(100)}`),
  () => WITHOUT_END,
];

/** Names that objects have of their own, and those that options have. */
const NAMES = ["__proto__", "constructor", "toString", "length", "then", "size", "", "0", "network", "crop"];

/** A value and those in it, each as what puts another in its place. */
interface Place {
  readonly value: unknown;
  readonly name: string | undefined;
  readonly holder: Record<string, unknown> | unknown[] | undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Deeper than anything that makes sense; what is nested for its own sake is left as it is, and copied no deeper. */
const DEEPEST = 40;

function placesIn(value: unknown, depth = 0, name?: string, holder?: Place["holder"]): readonly Place[] {
  const here = { value, name, holder };
  if (depth === DEEPEST || !(Array.isArray(value) || isRecord(value))) return [here];
  const inner = Object.entries(value).flatMap(([key, one]) => placesIn(one, depth + 1, key, value));
  return [here, ...inner];
}

/** An own property, whatever its name: assignment would set a prototype. */
const put = (holder: object, name: string, value: unknown): void => {
  if (Array.isArray(holder) && name === "length") return;
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
};

/** Changes a value in one way or in several, and writes it. @param root left as it is. */
export function mutatedText(root: unknown, random: Random): string {
  const text = JSON.stringify(mutateJson(root, random)) ?? "";
  return text.replace(`"${WITHOUT_END}"`, `${"[".repeat(LEVELS)}${"]".repeat(LEVELS)}`);
}

/** Changes a value in one way or in several. @param root left as it is. */
export function mutateJson(root: unknown, random: Random): unknown {
  let result = copyOf(root);
  do {
    const places = placesIn(result);
    const place = places[random.below(places.length)];
    const other = places[random.below(places.length)];
    if (place === undefined) return result;
    const { holder, name, value } = place;
    const chosen = VALUES[random.below(VALUES.length)]?.();
    if (holder === undefined || name === undefined) {
      if (random.below(20) === 0) result = chosen;
      continue;
    }
    switch (random.below(7)) {
      case 0:
        Reflect.deleteProperty(holder, name);
        break;
      case 1:
        put(isRecord(value) ? value : holder, NAMES[random.below(NAMES.length)] ?? "", chosen);
        break;
      case 2:
        put(holder, name, copyOf(other?.value));
        break;
      case 3:
        put(holder, name, [value, value]);
        break;
      case 4:
        put(holder, name, typeof value === "number" ? nearby(value, random) : (JSON.stringify(value) ?? ""));
        break;
      default:
        put(holder, name, chosen);
    }
  } while (random.below(3) > 0);
  return result;
}

/** A copy, so that nothing comes to hold itself; of what is nested too deep, nothing. */
function copyOf(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return null;
  }
}

const nearby = (value: number, random: Random): number =>
  [value + 1, value - 1, -value, value * 2, value / 2, value * 1e6, value + 0.5][random.below(7)] ?? value;
