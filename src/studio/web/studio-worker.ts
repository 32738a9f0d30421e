/**
 * The worker of a page of the static studio: stands ready until no other page's has the studio, and has it then.
 * @module
 */
import { plainError } from "../../job/messages.ts";
import { openWebPlatform } from "../platform.web.ts";
import { Studio } from "../studio.ts";
import { hostStudio } from "./host-studio.ts";
import { channelAt, lockOfPage, lockOfStudio, type Place } from "./place.ts";

/** Written by the build: what makes pictures, and its version. */
declare const SOFTWARE: string;

async function hostAt(place: Place): Promise<void> {
  await navigator.locks.request(lockOfStudio(place), async () => {
    const studio = await Studio.open(await openWebPlatform(place, SOFTWARE));
    hostStudio(studio, {
      channel: channelAt(place),
      host: crypto.randomUUID(),
      gone: (client) => navigator.locks.request(lockOfPage(place, client), () => {}),
    });
    // As long as the page is open.
    await new Promise<never>(() => {});
  });
}

addEventListener(
  "message",
  ({ data }: MessageEvent<Place>) => {
    hostAt(data).catch((error: unknown) => postMessage(plainError(error)));
  },
  { once: true },
);
