/**
 * What a page may ask the server for, as addresses: each is one method of a studio's engine. It knows nothing of who may
 * ask, which `door.ts` and `session.ts` see to before.
 * @module
 */
import { readFile } from "node:fs/promises";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import * as z from "zod";
import { ImpastoError, MisuseError } from "../../errors.ts";
import { turns } from "../../job/runner.ts";
import { steeringSchema } from "../../transfer/options.ts";
import { runRequest, type StudioEngine } from "../engine.ts";
import { bytesOf, fileName, jsonOf, requireKind } from "./bodies.ts";
import { eventStream } from "./events.ts";
import { told } from "./failures.ts";
import type { PageFile } from "./page-files.ts";
import { receiveFile } from "./receive-file.ts";
import { requireRoom } from "./room.ts";

/** A studio, as each of its pages sees it. */
export interface Connectable {
  connect(client: string): StudioEngine;
}

/** What the application is made of. */
export interface AppOptions {
  readonly studio: Connectable;
  readonly files: ReadonlyMap<string, PageFile>;
  /** Where large files are kept while they come. */
  readonly folder: string;
  /** Ends all streams of events. */
  readonly signal: AbortSignal;
  /** Milliseconds between signs of life. */
  readonly heartbeat?: number;
}

/** The most bytes of a picture. */
export const MOST_PICTURE = 64_000_000;

/** The most bytes of a file of weights: VGG-19's with its classifier has 575 million. */
export const MOST_WEIGHTS = 1_000_000_000;

/** The most that may be watched at once. */
const MOST_WATCHERS = 100;

/** A picture as it is shown, at most. */
const LONGEST_SHOWN = 4096;

type Env = { readonly Bindings: HttpBindings };

const ID = ":id{[\\w-]+}";
const VERSION = `runs/${ID}/versions/:version{[\\w-]+}`;

/** Makes the application. */
export function createApp(options: AppOptions): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((error, context) => {
    const { status, failure } = told(error);
    return context.json(failure, status);
  });
  app.notFound((context) => context.json({ message: "There is no such thing here." }, 404));
  addLooking(app, options);
  addEvents(app, options);
  addGiving(app, options);
  addRuns(app, options);
  addPage(app, options);
  return app;
}

function addLooking(app: Hono<Env>, { studio }: AppOptions): void {
  app.get("/api/about", async (context) => context.json(await viewer(studio, context).about()));
  app.get("/api/runs", async (context) => context.json(await viewer(studio, context).runs()));
  app.get(`/api/runs/${ID}/losses`, async (context) =>
    context.json(await viewer(studio, context).losses(context.req.param("id"))),
  );
  app.get(`/api/runs/${ID}/preview`, async (context) =>
    sent(await viewer(studio, context).preview(context.req.param("id"))),
  );
  app.get(`/api/${VERSION}/picture`, async (context) => {
    const { id, version } = context.req.param();
    return sent(await viewer(studio, context).versionPicture(id, version));
  });
  app.get("/api/pictures/:id{[0-9a-f]{64}}", async (context) => {
    const longest = Number(context.req.query("longest") ?? LONGEST_SHOWN);
    if (!Number.isInteger(longest) || longest < 1 || longest > LONGEST_SHOWN) {
      throw new MisuseError(`Expected a whole number from 1 to ${LONGEST_SHOWN} for longest.`);
    }
    return sent(await viewer(studio, context).picture(context.req.param("id"), longest));
  });
}

function addEvents(app: Hono<Env>, { studio, signal, heartbeat }: AppOptions): void {
  let watchers = 0;
  app.get("/api/events", (context) => {
    if (watchers >= MOST_WATCHERS) throw new ImpastoError("Too many pages watch the studio; close some.");
    const options = heartbeat === undefined ? { signal } : { signal, heartbeat };
    const stream = eventStream(viewer(studio, context), options);
    watchers++;
    context.env.outgoing.once("close", () => {
      watchers--;
    });
    return context.body(stream, 200, { "Content-Type": "text/event-stream; charset=utf-8" });
  });
}

function addGiving(app: Hono<Env>, { studio, folder }: AppOptions): void {
  // One file after another: each is in memory as a whole.
  const inTurn = turns();
  app.put("/api/pictures", async (context) => {
    const engine = actor(studio, context);
    const { incoming } = context.env;
    requireKind(incoming, "application/octet-stream");
    await requireRoom(folder);
    const bytes = await bytesOf(incoming, MOST_PICTURE);
    return inTurn(async () =>
      context.json(await engine.addPicture(new Blob([bytes]), fileName(context.req.query("name")))),
    );
  });
  app.put("/api/weights", async (context) => {
    const engine = actor(studio, context);
    const { incoming } = context.env;
    requireKind(incoming, "application/octet-stream");
    await requireRoom(folder);
    await receiveFile(incoming, { folder: folder, most: MOST_WEIGHTS }, (file) =>
      engine.addWeights(file, fileName(context.req.query("name"))),
    );
    return context.body(null, 204);
  });
  app.post("/api/weights/fetch", async (context) => {
    await actor(studio, context).fetchWeights();
    return context.body(null, 204);
  });
}

/** From which version a run is gone on with, if not from where it stopped. */
const resumption = z.strictObject({
  version: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
});

function addRuns(app: Hono<Env>, { studio }: AppOptions): void {
  app.post("/api/take-over", async (context) => {
    await actor(studio, context).takeOver();
    return context.body(null, 204);
  });
  app.post("/api/estimate", async (context) => {
    const engine = actor(studio, context);
    return context.json(await engine.estimate(await jsonOf(context.env.incoming, runRequest)));
  });
  app.post("/api/runs", async (context) => {
    const engine = actor(studio, context);
    return context.json(await engine.begin(await jsonOf(context.env.incoming, runRequest)));
  });
  app.post(`/api/runs/${ID}/steer`, async (context) => {
    const engine = actor(studio, context);
    const steering = await jsonOf(context.env.incoming, steeringSchema);
    return context.json(await engine.steer(context.req.param("id"), steering));
  });
  for (const verb of ["keep", "stop"] as const) {
    app.post(`/api/runs/${ID}/${verb}`, async (context) =>
      context.json(await actor(studio, context)[verb](context.req.param("id"))),
    );
  }
  app.post(`/api/runs/${ID}/resume`, async (context) => {
    const engine = actor(studio, context);
    const { version } = await jsonOf(context.env.incoming, resumption);
    return context.json(await engine.resume(context.req.param("id"), version));
  });
  app.delete(`/api/runs/${ID}`, async (context) => {
    await actor(studio, context).discard(context.req.param("id"));
    return context.body(null, 204);
  });
  app.post(`/api/${VERSION}/star`, async (context) => {
    const engine = actor(studio, context);
    const { starred } = await jsonOf(context.env.incoming, z.strictObject({ starred: z.boolean() }));
    const { id, version } = context.req.param();
    return context.json(await engine.star(id, version, starred));
  });
  app.post(`/api/${VERSION}/remove`, async (context) => {
    const engine = actor(studio, context);
    const { removed } = await jsonOf(context.env.incoming, z.strictObject({ removed: z.boolean() }));
    const { id, version } = context.req.param();
    return context.json(await engine.remove(id, version, removed));
  });
}

function addPage(app: Hono<Env>, { files }: AppOptions): void {
  for (const [address, { path, type, lasting }] of files) {
    app.get(address, async (context) =>
      context.body(await readFile(path), 200, {
        "Content-Type": type,
        "Cache-Control": lasting ? "private, max-age=31536000, immutable" : "no-cache",
      }),
    );
  }
  if (files.size > 0) return;
  app.get("/", (context) =>
    context.text("The page of the studio is not built: npm run build makes it.\n", 404),
  );
}

/** What pages call themselves. */
const CLIENT = /^[\w-]{1,64}$/;

/** The studio as a page sees it that only looks; it need not say which it is. */
function viewer(studio: Connectable, context: Context<Env>): StudioEngine {
  const client = context.req.header("X-Impasto-Client") ?? context.req.query("client") ?? "nobody";
  return studio.connect(checkedClient(client));
}

/** The studio as a page sees it that changes something. */
function actor(studio: Connectable, context: Context<Env>): StudioEngine {
  return studio.connect(checkedClient(context.req.header("X-Impasto-Client") ?? ""));
}

function checkedClient(client: string): string {
  if (CLIENT.test(client)) return client;
  throw new MisuseError("A page has to say its own name, in up to 64 letters, as X-Impasto-Client.");
}

/** Types that pictures are sent as: whatever else a blob says of itself is not believed. */
const PICTURES = ["image/png", "image/jpeg", "image/webp"];

const sent = (blob: Blob): Response =>
  new Response(blob.stream(), {
    headers: {
      "Content-Type": PICTURES.includes(blob.type) ? blob.type : "application/octet-stream",
      "Content-Length": String(blob.size),
    },
  });
