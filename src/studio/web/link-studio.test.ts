import { expect, test } from "vitest";
import { MisuseError } from "../../errors.ts";
import type { StudioEngine, StudioEvent } from "../engine.ts";
import { type Connecting, hostStudio } from "./host-studio.ts";
import { linkStudio } from "./link-studio.ts";
import type { Channel, Message, Method } from "./messages.ts";

/** A channel that can be left. */
interface Ear extends Channel {
  close(): void;
}

/** A place where each hears what the others call out, as browsers have it; Node's own passes no blobs on. */
function openPlace(): () => Ear {
  const ears = new Map<Channel, (event: { readonly data: Message }) => void>();
  return () => {
    const channel: Ear = {
      postMessage(message) {
        if (!ears.has(channel)) return;
        const others = [...ears].filter(([ear]) => ear !== channel);
        queueMicrotask(() => {
          for (const [, hear] of others) hear({ data: message });
        });
      },
      addEventListener: (_, heard) => ears.set(channel, heard),
      close: () => ears.delete(channel),
    };
    return channel;
  };
}

const refused = (method: string) => async (): Promise<never> => {
  throw new MisuseError(`${method} by nobody.`);
};

/** A studio that says who asks it, and keeps those to whom it tells things. */
function studioOf(name: string, methods: Partial<StudioEngine> = {}) {
  const watchers = new Map<string, (event: StudioEvent) => void>();
  const all: Record<Method, () => Promise<never>> = {
    about: refused("about"),
    takeOver: refused("takeOver"),
    addPicture: refused("addPicture"),
    picture: refused("picture"),
    estimate: refused("estimate"),
    begin: refused("begin"),
    runs: refused("runs"),
    losses: refused("losses"),
    preview: refused("preview"),
    steer: refused("steer"),
    keep: refused("keep"),
    stop: refused("stop"),
    resume: refused("resume"),
    discard: refused("discard"),
    star: refused("star"),
    remove: refused("remove"),
    versionPicture: refused("versionPicture"),
    fetchWeights: refused("fetchWeights"),
    addWeights: refused("addWeights"),
  };
  const studio: Connecting = {
    connect: (client) => ({
      ...all,
      preview: async (id) => new Blob([`${id} of ${name} for ${client}`]),
      ...methods,
      client,
      watch(listener) {
        watchers.set(client, listener);
        listener({ kind: "steering", client: name });
        return () => watchers.delete(client);
      },
    }),
  };
  return { studio, watchers };
}

const never = (): Promise<never> => new Promise(() => {});

test("A page is answered for itself, with blobs as they are, and with errors of their kind", async () => {
  const open = openPlace();
  const { engine } = linkStudio(open(), "one");
  const other = linkStudio(open(), "two").engine;
  const asked = engine.preview("7");
  hostStudio(studioOf("A").studio, { channel: open(), host: "A", gone: never });
  expect(await (await asked).text()).toBe("7 of A for one");
  expect(await (await other.preview("8")).text()).toBe("8 of A for two");
  const refusal = engine.stop("7");
  await expect(refusal).rejects.toThrow("stop by nobody.");
  await expect(refusal).rejects.toBeInstanceOf(MisuseError);
});

test("A page that watches hears what happens, all of it anew from the next studio, and nothing after it ended that", async () => {
  const open = openPlace();
  const { engine } = linkStudio(open(), "one");
  const heard: StudioEvent[] = [];
  const next = () => new Promise<void>((resolve) => notices.push(resolve));
  const notices: (() => void)[] = [];
  const first = studioOf("A");
  const left = open();
  hostStudio(first.studio, { channel: left, host: "A", gone: never });
  const told = next();
  const end = engine.watch((event) => {
    heard.push(event);
    notices.shift()?.();
  });
  await told;
  const again = next();
  left.close();
  hostStudio(studioOf("B").studio, { channel: open(), host: "B", gone: never });
  await again;
  expect(heard).toEqual([
    { kind: "steering", client: "A" },
    { kind: "steering", client: "B" },
  ]);
  end();
  await engine.preview("");
  expect(heard).toHaveLength(2);
});

test("What only looks is asked of the next studio, and what changes something fails with a sentence", async () => {
  const open = openPlace();
  const { engine } = linkStudio(open(), "one");
  const left = open();
  const studio = studioOf("A", { preview: never, stop: never }).studio;
  hostStudio(studio, { channel: left, host: "A", gone: never });
  await expect(engine.keep("1")).rejects.toThrow("keep by nobody.");
  const [look, change] = [engine.preview("1"), engine.stop("1")];
  left.close();
  hostStudio(studioOf("B").studio, { channel: open(), host: "B", gone: never });
  await expect(change).rejects.toThrow("The page that painted was closed.");
  expect(await (await look).text()).toBe("1 of B for one");
});

test("A page that is gone is told nothing any more", async () => {
  const open = openPlace();
  const { engine } = linkStudio(open(), "one");
  const { studio, watchers } = studioOf("A");
  let leave = (): void => {};
  const gone = () => new Promise<void>((resolve) => (leave = resolve));
  hostStudio(studio, { channel: open(), host: "A", gone });
  await new Promise<void>((resolve) => engine.watch(() => resolve()));
  expect([...watchers.keys()]).toEqual(["one"]);
  leave();
  await engine.preview("");
  expect([...watchers.keys()]).toEqual([]);
});

test("Where there will be no studio, all that is asked fails with the reason", async () => {
  const open = openPlace();
  const { engine, fail } = linkStudio(open(), "one");
  const asked = engine.stop("1");
  fail(new MisuseError("No room."));
  await expect(asked).rejects.toThrow("No room.");
  await expect(engine.runs()).rejects.toThrow("No room.");
});
