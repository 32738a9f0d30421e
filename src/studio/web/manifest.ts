/**
 * What systems are told of the static studio, so that it can be installed beside other programs.
 * @module
 */

/** The web app manifest; its addresses begin at the page's folder. */
export const writeManifest = (): string =>
  JSON.stringify({
    name: "impasto",
    short_name: "impasto",
    description: "Repaint a photograph in the style of a painting, within the browser.",
    start_url: "./",
    scope: "./",
    display: "standalone",
    background_color: "#f6efe2",
    theme_color: "#f6efe2",
    icons: [{ src: "icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any maskable" }],
  });
