/**
 * What the page of the studio asks for, whoever answers: the local server, or the page itself. Everything that is said is
 * plain data, but for the bytes of pictures, which are blobs.
 * @module
 */
import * as z from "zod";
import { cropSchema, type Recipe } from "../job/recipe.ts";
import { optionsSchema, type Steering } from "../transfer/options.ts";

/** The longest side that may be asked for. */
export const LONGEST_PAINTED_SIDE = 8192;

/** A picture by the checksum of its bytes, as the studio that took it calls it. */
const id = z.string().regex(/^[0-9a-f]{64}$/, "the name of a picture that was given before");

/**
 * The options as a page may give them: no file of the machine is named, and what would tie it up is bounded. Where it is
 * computed, and with how much of the machine, whoever started the studio has said.
 */
export const studioOptions = optionsSchema
  .omit({ device: true, threads: true, memory: true, convention: true, depth: true, profile: true })
  .extend({
    size: z.int().min(16).max(LONGEST_PAINTED_SIDE).optional(),
    iterations: z.int().min(1).max(10_000).optional(),
    init: z.enum(["content", "noise", "style"]).optional(),
    network: z.enum(["auto", "vgg19", "built-in"]).default("auto"),
  });

/** What is to be painted. Pictures are named by what {@link StudioEngine.addPicture} called them. */
export const runRequest = z.strictObject({
  content: id,
  styles: z
    .array(
      z.strictObject({
        id,
        weight: z.number().min(0).finite(),
        mask: id.optional(),
        crop: cropSchema.optional(),
      }),
    )
    .min(1)
    .max(16)
    .readonly(),
  /** Where the photograph stays: a grey picture, white where it does. */
  keep: id.optional(),
  /** A picture to carry on from. */
  initial: id.optional(),
  options: studioOptions,
  /** Runs that were begun together, as one grid of variants. */
  group: z.string().max(64).optional(),
});

/** What is to be painted. */
export type RunRequest = Readonly<z.input<typeof runRequest>>;

/** A picture that the studio holds. */
export interface StoredPicture {
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** What is to be said of how it was read. */
  readonly notes: readonly string[];
  /** The recipe that it carries, if it is a picture that impasto made. */
  readonly recipe?: unknown;
}

/**
 * `waiting` for its turn; `preparing` until its first evaluation; `running`; `stopped` by somebody, or by the end of the
 * studio, and can be gone on with; `finished`; `failed`, with its reason.
 */
export type RunStatus = "waiting" | "preparing" | "running" | "stopped" | "finished" | "failed";

/** How far a run is. */
export interface Progress {
  readonly scale: number;
  readonly scales: number;
  readonly width: number;
  readonly height: number;
  readonly evaluation: number;
  readonly evaluations: number;
  /** Of the whole run, from 0 to 1, by time as far as that can be told. */
  readonly done: number;
  /** Unknown at first. */
  readonly secondsLeft?: number;
  /** The total loss, and that of each kind. */
  readonly loss: Readonly<Record<string, number>>;
}

/** A picture on the way that was kept, from which a run can be gone on with. */
export interface Version {
  readonly id: string;
  /** Why it was kept. */
  readonly why: "steered" | "saved" | "stopped" | "finished";
  readonly width: number;
  readonly height: number;
  /** Evaluations made before, at all sizes. */
  readonly evaluations: number;
  readonly starred: boolean;
  /** Removed, and can be had again until the studio ends. */
  readonly removed: boolean;
  /** What was to count by then, where it was steered. */
  readonly steering?: Steering;
  readonly recipe: Recipe;
  /** The file's name; on a server, in the folder that {@link About.folder} names. */
  readonly file: string;
  /** Whether its run can be gone on with from here; that of the newest few is kept. */
  readonly resumable: boolean;
}

/** A run as the page sees it. */
export interface Run {
  readonly id: string;
  /** Grows with every change. */
  readonly revision: number;
  /** When it was begun, in milliseconds since 1970. */
  readonly created: number;
  readonly request: RunRequest;
  readonly status: RunStatus;
  readonly width: number;
  readonly height: number;
  /** What is done while it is prepared. */
  readonly phase?: string;
  readonly progress?: Progress;
  /** What is to count, where it was steered. */
  readonly steering?: Steering;
  /** The number of the newest preview; 0 while there is none. */
  readonly preview: number;
  readonly versions: readonly Version[];
  /** Whether it can be gone on with. */
  readonly resumable: boolean;
  readonly failure?: Failure;
}

/** Why a run failed, or what was asked for is refused. */
export interface Failure {
  readonly message: string;
  /** What it lacked. */
  readonly lacks?: "memory" | "weights" | "device" | "other";
  /** For want of memory: the longest side that does. */
  readonly longestSide?: number;
}

/** What a run would take. */
export interface Estimate {
  readonly width: number;
  readonly height: number;
  /** Bytes. */
  readonly memory: number;
  /** Unknown until something was painted here. */
  readonly seconds?: number;
  /** Whether pictures are looked at in blocks at the last size, which takes longer. */
  readonly blocks: boolean;
  readonly failure?: Failure;
}

/** The losses at one evaluation, for the chart. */
export interface LossPoint {
  readonly evaluations: number;
  readonly loss: Readonly<Record<string, number>>;
}

/** A network that there is, or that could be had. */
export interface NetworkChoice {
  readonly name: "built-in" | "vgg19";
  readonly ready: boolean;
  /** Bytes to fetch where it is not ready and can be fetched. */
  readonly fetch?: number;
}

/** What the studio runs on. */
export interface About {
  readonly kind: "server" | "browser";
  readonly software: string;
  /** In a few words: "2 threads of the processor". */
  readonly machine: string;
  /** One sentence, where somebody might expect a faster device: no WebGPU here, say. */
  readonly note?: string;
  readonly networks: readonly NetworkChoice[];
  /** Bytes that may be used. */
  readonly memory?: number;
  /** The longest side to begin with. */
  readonly size: number;
  /** Where finished pictures are, on a server. */
  readonly folder?: string;
}

/** What happens, in its order. */
export type StudioEvent =
  /** Comes first, and whenever something may have been missed. */
  | { readonly kind: "all"; readonly runs: readonly Run[]; readonly steering: string | undefined }
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "discarded"; readonly id: string }
  /** Which page steers from now on. */
  | { readonly kind: "steering"; readonly client: string }
  /** Weights on their way, in bytes. */
  | { readonly kind: "weights"; readonly done: number; readonly total: number; readonly failure?: Failure }
  /** Whether the studio answers, as the page sees it. */
  | { readonly kind: "connection"; readonly connected: boolean };

/**
 * A studio. Everything but looking is refused to a page while another one steers, until it takes over.
 * All methods throw ImpastoError with a sentence for a person; MisuseError where what was asked for makes no sense.
 */
export interface StudioEngine {
  /** This page's own name among those that look at the same studio. */
  readonly client: string;
  about(): Promise<About>;
  /** Begins to tell what happens; the function that it returns ends that. */
  watch(listener: (event: StudioEvent) => void): () => void;
  /** Makes this page the one that steers. */
  takeOver(): Promise<void>;

  /** Takes a picture, a mask included. */
  addPicture(file: Blob, name: string): Promise<StoredPicture>;
  /** A picture as browsers show it, no longer than `longest` pixels. */
  picture(id: string, longest: number): Promise<Blob>;

  estimate(request: RunRequest): Promise<Estimate>;
  /** Begins a run, after those that were begun before. */
  begin(request: RunRequest): Promise<Run>;
  runs(): Promise<readonly Run[]>;
  losses(id: string): Promise<readonly LossPoint[]>;
  /** The picture as it is, for looking at. */
  preview(id: string): Promise<Blob>;
  /** Changes what counts from the next evaluation on; keeps a version first. */
  steer(id: string, steering: Steering): Promise<Run>;
  /** Keeps the picture as it is as a version. */
  keep(id: string): Promise<Run>;
  /** Stops, and keeps what there is. */
  stop(id: string): Promise<Run>;
  /** Goes on with a stopped run, to the same bytes; or from one of the run's versions, whatever came of it after that. */
  resume(id: string, version?: string): Promise<Run>;
  /** Removes a run and all that came of it but for versions with a star. */
  discard(id: string): Promise<void>;

  star(id: string, version: string, starred: boolean): Promise<Run>;
  remove(id: string, version: string, removed: boolean): Promise<Run>;
  /** The exact PNG, with its recipe. */
  versionPicture(id: string, version: string): Promise<Blob>;

  /** Fetches VGG-19; events tell how far it is. */
  fetchWeights(): Promise<void>;
  /** Takes a file of VGG-19's weights. */
  addWeights(file: Blob, name: string): Promise<void>;
}
