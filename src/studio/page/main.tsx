/**
 * Draws the page over an engine, whichever it is.
 * @module
 */
import { render } from "preact";
import type { StudioEngine } from "../engine.ts";
import { App } from "./app.tsx";
import { browserPorts } from "./browser-ports.ts";
import { StudioContext } from "./context.ts";
import { followFavicon } from "./favicon.ts";
import { createPageState, type PageState } from "./state/studio.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./canvas/canvas.css";
import "./inputs/inputs.css";
import "./steering/steering.css";
import "./runs/runs.css";
import "./versions/versions.css";
import "./details/details.css";
import "./dialogs/dialogs.css";

/** Draws the page into an element. */
export function openPage(engine: StudioEngine, element: Element): PageState {
  const state = createPageState(engine, browserPorts());
  render(
    <StudioContext.Provider value={state}>
      <App />
    </StudioContext.Provider>,
    element,
  );
  state.start();
  followFavicon(state);
  return state;
}
