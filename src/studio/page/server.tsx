/**
 * The page as the local server hands it out.
 * @module
 */
import { openPage } from "./main.tsx";
import { remoteEngine } from "./remote-engine.ts";

const element = document.getElementById("studio");
if (element !== null) openPage(remoteEngine(), element);
