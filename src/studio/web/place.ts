/**
 * What the pages and workers of one studio within a browser know each other by. Everything that an origin has is shared by
 * all its folders, and each folder may have another version of the page.
 * @module
 */
import type { Channel } from "./messages.ts";

/** Where a studio is. */
export interface Place {
  /** What its database, its locks and its channel are called by. */
  readonly name: string;
  /** The address of the page's folder. */
  readonly page: string;
}

/** Where its pages and its studio talk. */
export const channelAt = ({ name }: Place): Channel => new BroadcastChannel(name);

/** The lock of whoever has the studio. */
export const lockOfStudio = ({ name }: Place): string => `${name} studio`;

/** The lock that a page holds as long as it is open. */
export const lockOfPage = ({ name }: Place, client: string): string => `${name} page ${client}`;
