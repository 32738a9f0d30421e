/**
 * `impasto studio` as a process, and requests to it as a page would make them.
 * @module
 */
import { readFileSync } from "node:fs";
import type { Run, RunRequest, StoredPicture } from "../../src/studio/engine.ts";
import { type Running, start } from "../cli-process.ts";

/** A studio that runs, and a client that steers it. */
export interface StudioProcess {
  /** The address that it printed. */
  readonly address: string;
  readonly process: Running;
  addPicture(file: string): Promise<StoredPicture>;
  begin(request: RunRequest): Promise<Run>;
  resume(id: string): Promise<Run>;
  run(id: string): Promise<Run>;
  runs(): Promise<readonly Run[]>;
  /** Asks for the run again and again until it is as wished. */
  until(id: string, wished: (run: Run) => boolean): Promise<Run>;
  /** Kills it as nobody can refuse to be killed, or tells it to end. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
}

/** Starts one with the built-in network. @param port to be had again after a restart. */
export async function startStudio(folder: string, cwd: string, port = 0): Promise<StudioProcess> {
  const args = ["studio", "--network", "built-in", "--folder", folder, "--port", String(port)];
  const running = start(args, { cwd, env: { IMPASTO_WEIGHTS: undefined } });
  const address = await printedBy(running);
  const entered = await fetch(address, { redirect: "manual" });
  const headers = {
    Cookie: entered.headers.get("set-cookie")?.split(";")[0] ?? "",
    Origin: new URL(address).origin,
    "X-Impasto-Client": "the-tests",
  };

  async function ask(path: string, method = "GET", body?: string | Uint8Array<ArrayBuffer>) {
    const type = typeof body === "string" ? "application/json" : "application/octet-stream";
    const answer = await fetch(new URL(`/api/${path}`, address), {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "Content-Type": type }) },
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
  async function run(id: string): Promise<Run> {
    const runs: readonly Run[] = await ask("runs");
    const found = runs.find((run) => run.id === id);
    if (found === undefined) throw new Error(`There is no run ${id}.`);
    return found;
  }

  return {
    address,
    process: running,
    addPicture: (file) =>
      ask(`pictures?name=${encodeURIComponent(file)}`, "PUT", Uint8Array.from(readFileSync(file))),
    begin: (request) => ask("runs", "POST", JSON.stringify(request)),
    resume: (id) => ask(`runs/${id}/resume`, "POST", "{}"),
    run,
    runs: () => ask("runs"),
    async until(id, wished) {
      for (;;) {
        const now = await run(id);
        if (wished(now)) return now;
        if (now.status === "failed") throw new Error(now.failure?.message);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    },
    async end(signal) {
      running.child.kill(signal);
      await running.ended;
    },
  };
}

const printedBy = ({ child, ended }: Running): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (part: string) => {
      text += part;
      if (text.endsWith("\n")) resolve(text.trim());
    });
    ended.then(({ stderr }) => reject(new Error(`The studio ended at once: ${stderr}`)), reject);
  });
