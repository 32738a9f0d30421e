/**
 * The studio as a server: its folder, its engine, and the address that a browser opens.
 * @module
 */
import { once } from "node:events";
import type { Server } from "node:http";
import { networkInterfaces } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { insideOf, makeFolder } from "../folder-store.node.ts";
import { type NodePlatformOptions, openNodePlatform } from "../platform.node.ts";
import type { Platform } from "../platform.ts";
import { Studio } from "../studio.ts";
import { type Connectable, createApp } from "./app.ts";
import { bracketed, doorOf } from "./door.ts";
import { holdFolder } from "./hold-folder.ts";
import { pageFiles } from "./page-files.ts";
import { secretOf } from "./secret.ts";
import { answerAt, listenAt } from "./serve.ts";
import { openSession } from "./session.ts";

/** A studio that can be ended. */
export interface ServedStudio extends Connectable {
  /** Stops what runs, and keeps what there is. */
  close(): Promise<void>;
}

/** Where the studio is, and how much of the machine it may use. */
export interface StudioOptions extends Omit<NodePlatformOptions, "signal"> {
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** The first free one from 7860 on when absent; 0 for any. */
  readonly port?: number | undefined;
  /** The built page. @default the one that comes with impasto */
  readonly pageFolder?: string;
}

/** A studio that is there. */
export interface OpenedStudio {
  /** What to open in a browser, with the token that lets it in. */
  readonly address: string;
  /** Where everything is kept. */
  readonly folder: string;
  /** Ends it: no run is lost, and nothing is half-written. */
  close(): Promise<void>;
}

/** The built page, beside what is built of this. */
const PAGE = new URL("../page/", import.meta.url);

/**
 * Opens a studio.
 * @param openEngine makes the studio itself; another one, for tests.
 * @throws MisuseError where the port or the folder is taken, or there is no such host or folder.
 */
export async function openStudio(
  { host = "127.0.0.1", port: asked, pageFolder = fileURLToPath(PAGE), ...options }: StudioOptions,
  openEngine: (platform: Platform) => Promise<ServedStudio> = (platform) => Studio.open(platform),
): Promise<OpenedStudio> {
  const folder = resolve(options.folder);
  const { server, port } = await listenAt(host, asked);
  const controller = new AbortController();
  const { signal } = controller;
  // The last one first: nobody asks for anything any more when the engine ends, nor takes the folder before it has.
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    controller.abort();
    await closeServer(server);
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    const inside = insideOf(folder);
    await makeFolder(inside);
    closing.push(await holdFolder(inside));
    const studio = await openEngine(await openNodePlatform({ ...options, folder, signal }));
    closing.push(() => studio.close());
    const session = openSession(port, await secretOf(inside));
    const app = createApp({ studio, files: await pageFiles(pageFolder), folder: inside, signal });
    answerAt(server, doorOf(port, namesOf(host)), session, app);
    const shown = isAnywhere(host) ? "127.0.0.1" : host;
    return { address: `http://${bracketed(shown)}:${port}/?token=${session.token}`, folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Lets nobody in any more, and sends those away who are there. */
async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Whether a host means every address of this machine. */
const isAnywhere = (host: string): boolean => host === "0.0.0.0" || host === "::";

/** What a host is called by those who ask it for something: no names but addresses, for names can be made to lead here. */
const namesOf = (host: string): readonly string[] =>
  isAnywhere(host)
    ? Object.values(networkInterfaces()).flatMap((own = []) => own.map(({ address }) => address))
    : [host];
