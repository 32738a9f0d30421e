/**
 * How flags that are no options of a transfer are headed in the help; options have groups of their own.
 * @module
 */
import type { OptionGroup } from "../transfer/option-groups.ts";

/** Where something paints. */
export const REGIONS = "Regions:";

/** What is written, or saved, while the work goes on. */
export const ON_THE_WAY = "On the way:";

/** Work that other machines do. */
export const QUEUED = "On many machines:";

/** What is told, and where. */
export const WORDS = "What it says:";

/** How a group of options is headed. */
export const headingOf = (group: OptionGroup): string => `${group}:`;
