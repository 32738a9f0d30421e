/**
 * The library's face: what `import … from "impasto"` gives, and that importing does nothing else. The built package is
 * tried as others see it, through its own `exports`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import * as library from "../src/index.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What works in a browser as well. */
const PORTABLE_NAMES = [
  "DeviceError",
  "DivergedError",
  "ImpastoError",
  "MisuseError",
  "blobSource",
  "builtInNetwork",
  "createOptimizer",
  "drain",
  "featuresAt",
  "jobFrom",
  "jobOf",
  "loadRun",
  "maskOf",
  "measure",
  "optionsSchema",
  "recipeOf",
  "resize",
  "runJob",
  "saveRun",
  "stylize",
  "throughHeads",
  "vgg19Network",
  "writeRecipe",
];

const NAMES = [
  ...PORTABLE_NAMES,
  "decodePicture",
  "encodePicture",
  "openEngine",
  "openRunner",
  "readInput",
  "readPicture",
].sort();

/** Those that a browser has as Node has them, too; what they read is a file that a page was given. */
const BROWSER_NAMES = NAMES;

const GRAPH_NAMES = [
  "NO_CAPABILITIES",
  "ShapeError",
  "absolute",
  "add",
  "atLeast",
  "averagePool",
  "concatenate",
  "constant",
  "convolution",
  "divide",
  "expand",
  "gradients",
  "identity",
  "input",
  "matmul",
  "maxPool",
  "multiply",
  "pad",
  "positive",
  "relu",
  "reshape",
  "rowProducts",
  "scalar",
  "scale",
  "slice",
  "square",
  "squareRoot",
  "subtract",
  "sum",
  "total",
  "transpose",
  "upsample",
  "writeOnnx",
];

/** Runs a module in a process of its own, in the package's folder, so that "impasto" is the package itself. */
const runModule = (code: string, ...flags: readonly string[]) =>
  spawnSync(process.execPath, [...flags, "--input-type=module", "--eval", code], {
    cwd: root,
    encoding: "utf8",
  });

describe("The library", () => {
  test("has the names that are documented, and no others", () => {
    expect(Object.keys(library).sort()).toEqual(NAMES);
  });

  test("gives functions to call, a schema and three errors", () => {
    const { ImpastoError, MisuseError, optionsSchema, ...functions } = library;
    for (const [name, value] of Object.entries(functions)) expect(value, name).toBeTypeOf("function");
    expect(optionsSchema).toBeInstanceOf(z.ZodObject);
    const error = new MisuseError("why");
    expect(error).toBeInstanceOf(ImpastoError);
    expect(error).toBeInstanceOf(Error);
    expect(new ImpastoError("why")).not.toBeInstanceOf(MisuseError);
    expect([new ImpastoError("why").name, error.name]).toEqual(["ImpastoError", "MisuseError"]);
    expect(error.message).toBe("why");
    const diverged = new library.DivergedError(3);
    expect(diverged).toBeInstanceOf(ImpastoError);
    expect(diverged).toMatchObject({ name: "DivergedError", evaluation: 3, best: undefined });
  });

  test("has types for what goes in and what comes out", () => {
    expectTypeOf<library.Iterate>().toHaveProperty("secondsLeft").toEqualTypeOf<number | undefined>();
    expectTypeOf<library.Iterate["picture"]>().returns.resolves.toEqualTypeOf<library.Picture>();
    expectTypeOf(library.drain).returns.resolves.toEqualTypeOf<library.Stylization>();
    expectTypeOf(library.measure).returns.resolves.toEqualTypeOf<library.Measurement>();
    expectTypeOf(library.readPicture).returns.resolves.toEqualTypeOf<library.Picture>();
    expectTypeOf<library.StylizeRequest["options"]>().toEqualTypeOf<library.OptionsInput | undefined>();
    expectTypeOf(library.stylize).parameter(1).toEqualTypeOf<library.Engine>();
  });
});

describe("The built package", () => {
  test.each([
    ["impasto", "default", NAMES],
    ["impasto", "browser", PORTABLE_NAMES],
    ["impasto/browser", "default", BROWSER_NAMES],
    ["impasto/graph", "default", GRAPH_NAMES],
  ])("gives those names to who imports %s (%s), and does nothing else", (name, condition, names) => {
    const { status, stdout, stderr } = runModule(
      `console.log(Object.keys(await import("${name}")).sort().join())`,
      `--conditions=${condition}`,
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${names.join()}\n`, stderr: "" });
  });

  test("does not load ONNX Runtime when it is imported", () => {
    const { stdout } = runModule(
      'await import("impasto"); console.log(process.report.getReport().sharedObjects.join("\\n"))',
    );
    expect(stdout).not.toBe("");
    expect(stdout).not.toMatch(/onnxruntime/);
  });

  test("keeps its insides to itself", () => {
    const { status, stderr } = runModule('await import("impasto/dist/transfer/stylize.js")');
    expect(status).not.toBe(0);
    expect(stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  test("comes with types, an entry and a command where its description says", () => {
    const entry = z.object({ types: z.string(), default: z.string() });
    const description = z
      .object({
        type: z.literal("module"),
        bin: z.object({ impasto: z.string() }),
        exports: z
          .object({ ".": entry.extend({ browser: entry }), "./browser": entry, "./graph": entry })
          .strict(),
        engines: z.object({ node: z.literal(">=20.18.1") }),
      })
      .parse(JSON.parse(readFileSync(`${root}package.json`, "utf8")));
    const { ".": main, "./browser": browser, "./graph": graph } = description.exports;
    const files = [main, main.browser, browser, graph].flatMap(({ types, default: code }) => [types, code]);
    for (const file of [...files, description.bin.impasto]) {
      expect(existsSync(root + file), file).toBe(true);
    }
  });
});
