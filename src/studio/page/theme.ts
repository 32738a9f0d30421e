/**
 * Light, dark, or as the system has it.
 * @module
 */

/** The choices, in the order in which the button goes through them. */
export const THEMES = ["auto", "light", "dark"] as const;

/** One of {@link THEMES}. */
export type Theme = (typeof THEMES)[number];

const PLACE = "impasto-theme";

/** The one that was chosen before. */
export function rememberedTheme(): Theme {
  try {
    const kept = localStorage.getItem(PLACE);
    return THEMES.find((theme) => theme === kept) ?? "auto";
  } catch {
    return "auto";
  }
}

/** Shows it, and remembers it. */
export function showTheme(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(PLACE, theme);
  } catch {
    // A browser may forbid it; then it lasts as long as the page.
  }
}
