/**
 * The page of the static studio: the same as the server's, with the studio within the browser.
 * @module
 */
import { required } from "../../required.ts";
import { openLocalEngine } from "./local-engine.ts";
import { startPage } from "./main.tsx";
import { watchForUse, workOffline } from "./offline-page.ts";

const untouched = watchForUse();
startPage(
  await openLocalEngine(),
  required(document.getElementById("page") ?? undefined, "place for the page"),
);
// The page works without, until it is left.
workOffline(untouched).catch((error: unknown) => console.warn(error));
