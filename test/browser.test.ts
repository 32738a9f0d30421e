/**
 * The wall between what runs in browsers and what Node alone has: what the browser's entry imports in the end, what the
 * compiler sees of it, and that it makes a picture with nothing but what its caller brings.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { NO_CAPABILITIES, type Tensor, writeOnnx } from "impasto/graph";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { build } from "vite";
import { describe, expect, test } from "vitest";
import { openEngine } from "../src/index.ts";
import { blobSource, builtInNetwork, drain, type Engine, type Runtime, stylize } from "../src/portable.ts";
import { colours } from "./narrow-engine.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What compiled modules import, those that only give types left out; the compiler writes one way of quoting. */
const IMPORTS = /(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g;

/** All that a built file leads to: the package's own files, and the names of others' modules. */
function reachedFrom(entry: string): {
  readonly files: readonly string[];
  readonly others: readonly string[];
} {
  const files = new Set([join(root, "dist", entry)]);
  const others = new Set<string>();
  for (const file of files) {
    for (const [, name = ""] of readFileSync(file, "utf8").matchAll(IMPORTS)) {
      if (name.startsWith(".")) files.add(join(dirname(file), name));
      else others.add(name);
    }
  }
  return { files: [...files].map((file) => relative(root, file)), others: [...others].sort() };
}

/** Bytes of the scripts in a bundle of all the library, compressed by Brotli: the page's, and the worker's. */
async function bundleSizes(external: RegExp): Promise<readonly number[]> {
  const bundle = await build({
    configFile: false,
    logLevel: "error",
    root,
    worker: { format: "es", rolldownOptions: { external } },
    build: {
      write: false,
      target: "esnext",
      rolldownOptions: {
        input: join(root, "dist", "browser.js"),
        preserveEntrySignatures: "strict",
        external,
      },
    },
  });
  if (!("output" in bundle)) throw new Error("There is more than one bundle.");
  return bundle.output
    .filter(({ fileName }) => fileName.endsWith(".js"))
    .map((file) => brotliCompressSync("code" in file ? file.code : file.source).length);
}

/** A runtime as a page would bring one: it knows of impasto what `impasto/graph` says, and of the device little. */
function broughtRuntime(): Runtime {
  const capabilities = { ...NO_CAPABILITIES, winograd: true };
  const made = new WeakMap();
  return {
    device: "cpu",
    threads: 1,
    async compile(outputs: Readonly<Record<string, Tensor>>) {
      const { bytes, inputs, shared } = writeOnnx(outputs, { capabilities, made });
      expect(shared.size).toBe(0);
      const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4 });
      return {
        async run(values) {
          const feeds = [...inputs].map(([name, shape]) => [
            name,
            new OrtTensor("float32", values[name], shape),
          ]);
          const results = Object.entries(await session.run(Object.fromEntries(feeds)));
          return Object.fromEntries(
            results.map(([name, { data }]) => [name, Float32Array.from(data, Number)]),
          );
        },
        release: () => session.release(),
      };
    },
  };
}

describe("The browser's entry", () => {
  test("leads to no part of Node, no native module and no file that is Node's alone", () => {
    const { files, others } = reachedFrom("portable.js");
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => /\.node\./.test(file))).toEqual([]);
    expect(others.filter((name) => !/^(zod|pure-rand)(\/|$)/.test(name))).toEqual([]);
  });

  test("would be caught leading there: Node's own entry does", () => {
    const { files, others } = reachedFrom("index.js");
    expect(files.some((file) => /\.node\./.test(file))).toBe(true);
    expect(others).toEqual(expect.arrayContaining(["node:fs", "onnxruntime-node", "sharp"]));
  });

  test("with an engine of its own leads to ONNX Runtime's package for browsers, and nothing else", () => {
    const { files, others } = reachedFrom("browser.js");
    expect(files.filter((file) => /\.node\./.test(file))).toEqual([]);
    expect(others.filter((name) => !/^(zod|pure-rand)(\/|$)/.test(name))).toEqual([
      "onnxruntime-web/jspi",
      "onnxruntime-web/webgpu",
    ]);
  });

  test("is under 60 kB compressed, in the page and in the worker, others' packages apart", async () => {
    const sizes = await bundleSizes(/^(zod|pure-rand|onnxruntime-web)/);
    expect(sizes).toHaveLength(2);
    for (const size of sizes) expect(size).toBeLessThan(60_000);
  });

  test("repaints a picture with the runtime and the bytes that it is brought", async () => {
    const file = readFileSync(join(root, "models", "impasto.safetensors"));
    const network = await builtInNetwork(blobSource(new Blob([file]), "impasto.safetensors"));
    const request = {
      content: colours(48, 32, 1),
      styles: [{ picture: colours(48, 32, 2), weight: 1 }],
      options: { size: 48, iterations: 3 },
    } as const;
    const brought = await drain(stylize(request, { network, runtime: broughtRuntime() }));
    const own: Engine = await openEngine({ device: "cpu", network: "built-in", threads: 1 });
    expect(network.checksum).toBe(own.network.checksum);
    const { loss } = await drain(stylize(request, own));
    expect(brought.loss.total / loss.total).toBeCloseTo(1, 3);
  });
});

describe("The browser's compilation", () => {
  test("sees every file of the rooms that is not Node's alone, and none of Node's types", () => {
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const args = [tsc, "-p", "tsconfig.browser.json", "--listFilesOnly"];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    const files = stdout.split("\n").map((file) => relative(root, file));
    expect(stderr).toBe("");
    const portable = reachedFrom("browser.js").files.map((file) =>
      file.replace(/^dist/, "src").replace(/\.js$/, ".ts"),
    );
    expect(files).toEqual(expect.arrayContaining(portable));
    expect(files.filter((file) => /@types[\\/]node|undici-types|\.node\.ts$/.test(file))).toEqual([]);
  });
});
