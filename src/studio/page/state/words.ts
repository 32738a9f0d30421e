/**
 * Numbers and states as a person reads them.
 * @module
 */
import type { Run, Version } from "../../engine.ts";

const UNITS = ["kB", "MB", "GB", "TB"] as const;

/** Bytes in decimal units: "1.2 GB". */
export function bytesInWords(bytes: number): string {
  let [amount, unit]: [number, string] = [bytes, "bytes"];
  for (const next of UNITS) {
    if (amount < 999.5) break;
    [amount, unit] = [amount / 1000, next];
  }
  const digits = unit === "bytes" || amount >= 10 ? 0 : 1;
  return `${amount.toFixed(digits)} ${unit}`;
}

/** Seconds, coarser the more there are: "40 s", "3 min", "1 h 20 min". */
export function secondsInWords(seconds: number): string {
  if (seconds < 1) return "1 s";
  if (seconds < 10) return `${Math.round(seconds)} s`;
  if (seconds < 57.5) return `${5 * Math.round(seconds / 5)} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `${minutes} min`;
  const [hours, rest] = [Math.floor(minutes / 60), 5 * Math.round((minutes % 60) / 5)];
  if (rest === 60) return `${hours + 1} h`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

export const percent = (part: number): string => `${Math.floor(100 * Math.min(1, Math.max(0, part)))} %`;

export const pixelsInWords = ({
  width,
  height,
}: {
  readonly width: number;
  readonly height: number;
}): string => `${width} × ${height}`;

/** What a run is at, in few words. */
export function statusInWords(run: Run): string {
  switch (run.status) {
    case "waiting":
      return "Waiting for its turn";
    case "preparing":
      return run.phase ?? "Preparing";
    case "running":
      return run.progress?.secondsLeft === undefined
        ? "Estimating the time left"
        : `About ${secondsInWords(run.progress.secondsLeft)} left`;
    case "stopped":
      return "Stopped";
    case "finished":
      return "Finished";
    case "failed":
      return "Failed";
  }
}

/** Where in the run it is: "Size 2 of 3 · 223 × 149 · 12 of 50". */
export function placeInWords({ progress }: Run): string {
  if (progress === undefined) return "";
  const { scale, scales, evaluation, evaluations } = progress;
  const size = scales > 1 ? `Size ${scale} of ${scales} · ` : "";
  return `${size}${pixelsInWords(progress)} px · step ${evaluation} of ${evaluations}`;
}

/** The window's title. */
export function titleOf(run: Run | undefined): string {
  switch (run?.status) {
    case "running":
      return `${percent(run.progress?.done ?? 0)} · impasto`;
    case "waiting":
    case "preparing":
      return "Preparing · impasto";
    case "finished":
      return "Done · impasto";
    case "stopped":
      return "Stopped · impasto";
    case "failed":
      return "Failed · impasto";
    default:
      return "impasto";
  }
}

/** Why a version was kept. */
export function reasonInWords({ why }: Version): string {
  switch (why) {
    case "steered":
      return "Before a change";
    case "saved":
      return "Saved";
    case "stopped":
      return "Stopped";
    case "finished":
      return "Finished";
  }
}
