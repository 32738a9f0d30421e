/**
 * The sign in the window's tab: a dab of paint, a ring that fills while a picture is painted, and a full disc when it is done.
 * @module
 */
import { effect } from "@preact/signals";
import type { PageState } from "./state/studio.ts";

const SIDE = 64;
const COLOUR = "#2f62d8";
const DONE = "#1f8a4c";

export function followFavicon({ runs }: PageState): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link === null) return;
  let drawn = "undefined false";
  let url: string | undefined;
  effect(() => {
    const run = runs.current.value;
    const part = run?.status === "running" ? Math.round(20 * (run.progress?.done ?? 0)) / 20 : undefined;
    const done = run?.status === "finished";
    const key = `${part} ${done}`;
    if (key === drawn) return;
    drawn = key;
    void draw(part, done).then((blob) => {
      if (key !== drawn) return;
      if (url !== undefined) URL.revokeObjectURL(url);
      url = URL.createObjectURL(blob);
      link.type = "image/png";
      link.href = url;
    });
  });
}

async function draw(part: number | undefined, done: boolean): Promise<Blob> {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d");
  if (context !== null) {
    const middle = SIDE / 2;
    const arc = (radius: number, from: number, to: number): void => {
      context.beginPath();
      context.arc(middle, middle, radius, from, to);
    };
    context.fillStyle = done ? DONE : COLOUR;
    context.strokeStyle = COLOUR;
    if (part === undefined) {
      arc(26, 0, 2 * Math.PI);
      context.fill();
    } else {
      context.lineWidth = 12;
      context.globalAlpha = 0.25;
      arc(24, 0, 2 * Math.PI);
      context.stroke();
      context.globalAlpha = 1;
      arc(24, -Math.PI / 2, (2 * part - 0.5) * Math.PI);
      context.stroke();
    }
  }
  return canvas.convertToBlob({ type: "image/png" });
}
