/**
 * Hands the page's state to its components.
 * @module
 */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PageState } from "./state/studio.ts";

export const StudioContext = createContext<PageState | undefined>(undefined);

/** The page's state. */
export function useStudio(): PageState {
  const state = useContext(StudioContext);
  if (state === undefined) throw new Error("A component of the studio was drawn outside of it.");
  return state;
}
