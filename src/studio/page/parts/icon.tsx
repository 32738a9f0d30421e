/**
 * Small signs, drawn as lines in the text's colour. They say nothing to a screen reader: what they stand on has a name.
 * @module
 */

const PATHS = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  compare: "M12 3v18M9 8l-4 4 4 4M15 8l4 4-4 4",
  eye: "M2 12s3.5-6.5 10-6.5S22 12 22 12s-3.5 6.5-10 6.5S2 12 2 12zM12 9.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6z",
  brush:
    "M20.5 3.5c-4 1.5-8.5 6-10 9l3 3c3-1.5 6-6.5 7-12zM10 13c-3 0-4 1.5-4 3.5 0 1.5-1 2.5-3 3 3 1.5 9 1.5 9-3.5",
  eraser: "M8 20h12M4 15l9-10 6 6-8 9H8l-4-5zM9 9.5l6 6",
  save: "M12 4v11M7.5 10.5L12 15l4.5-4.5M5 20h14",
  larger: "M13 4h7v7M20 4l-8 8M4 13v7h7",
  grid: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z",
  star: "M12 3.5l2.600 5.5 6 .8-4.400 4.100 1.100 6L12 17l-5.300 2.900 1.100-6L3.400 9.800l6-.8z",
  trash: "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5",
  close: "M6 6l12 12M18 6L6 18",
  undo: "M8 5L4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  play: "M7 4.5l12 7.5-12 7.5z",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M19 5l-1.400 1.400M6.400 17.600L5 19",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  auto: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 3v18M12 8h6.5M12 12h9M12 16h6.5",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10",
  folder: "M3 6h6l2 2.5h10V19H3z",
} as const;

/** The name of a sign. */
export type IconName = keyof typeof PATHS;

export const Icon = ({ name, filled = false }: { readonly name: IconName; readonly filled?: boolean }) => (
  <svg
    class="icon"
    viewBox="0 0 24 24"
    aria-hidden="true"
    fill={filled ? "currentColor" : "none"}
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    <title />
    <path d={PATHS[name]} />
  </svg>
);
