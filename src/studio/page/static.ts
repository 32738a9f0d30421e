/**
 * The page as any host hands it out, with the studio in the browser itself.
 * @module
 */
import { openLocalEngine } from "./local-engine.ts";
import { openPage } from "./main.tsx";
import { watchForUse, workOffline } from "./offline-page.ts";

const untouched = watchForUse();
const element = document.getElementById("studio");
if (element !== null) openPage(await openLocalEngine(), element);
// The page does without, until it is left.
workOffline(untouched).catch((error: unknown) => console.warn(error));
