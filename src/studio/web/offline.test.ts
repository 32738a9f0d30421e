import { expect, test } from "vitest";
import { fileAt, isNeeded, isolated, isShell } from "./offline.ts";

const file = (path: string) => ({ path, version: "1" });
const JSPI = ["assets/ort.jspi.bundle.min-1.js", "assets/ort-wasm-simd-threaded.jspi-1.wasm"];
const OTHER = ["assets/ort.webgpu.bundle.min-1.js", "assets/ort-wasm-simd-threaded.asyncify-1.wasm"];
const PLAIN = ["index.html", "assets/index-1.js", "assets/worker.web-1.js", "assets/cat-1.png"];

test("A browser keeps all but the form of ONNX Runtime that it does not use", () => {
  const files = [...JSPI, ...OTHER, ...PLAIN, "assets/impasto-1.safetensors"].map(file);
  const kept = (suspends: boolean) => files.filter((one) => isNeeded(one, suspends)).map(({ path }) => path);
  expect(kept(true)).toEqual([...JSPI, ...PLAIN, "assets/impasto-1.safetensors"]);
  expect(kept(false)).toEqual([...OTHER, ...PLAIN, "assets/impasto-1.safetensors"]);
});

test("What is large is not waited for before the page is kept", () => {
  const files = [...JSPI, ...PLAIN, "assets/impasto-1.safetensors"].map(file);
  expect(files.filter(isShell).map(({ path }) => path)).toEqual(PLAIN);
});

test("An address is a file of the page's own folder, and the folder is the page", () => {
  const files = PLAIN.map(file);
  const folder = new URL("https://example.org/studio/");
  const at = (address: string) => fileAt(files, new URL(address, folder), folder)?.path;
  expect(at("./?from=here")).toBe("index.html");
  expect(at("assets/cat-1.png")).toBe("assets/cat-1.png");
  expect(at("../assets/cat-1.png")).toBeUndefined();
  expect(at("https://example.com/studio/index.html")).toBeUndefined();
});

test("An answer isolates its page, by its host's own words where there are some", async () => {
  const host = { "Cross-Origin-Embedder-Policy": "credentialless", "Content-Type": "text/plain" };
  const answer = isolated(new Response("x", { status: 404, headers: host }));
  expect(answer.status).toBe(404);
  expect(await answer.text()).toBe("x");
  expect(Object.fromEntries(answer.headers)).toEqual({
    "content-type": "text/plain",
    "cross-origin-embedder-policy": "credentialless",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  });
});
