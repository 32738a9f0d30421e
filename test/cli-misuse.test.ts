/**
 * What goes wrong on the command line, as a table: each case must end with its exit code and one sentence that names
 * the file or option, touch no file and leave none behind. No weights are needed.
 * @module
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePicture } from "../src/image/encode.node.ts";
import { runHere as run } from "./cli-here.ts";

const root = mkdtempSync(join(tmpdir(), "impasto-misuse-"));
const pictures = join(root, "pictures");
const cache = join(root, "cache");

/** Signature and IHDR of a PNG of 60,000 × 60,000 pixels, and nothing behind them. */
const HUGE_HEADER = "89504e470d0a1a0a0000000d494844520000ea600000ea6008020000000fb0e215";

interface Case {
  readonly title: string;
  /** In place of `content.png style.png`; the pictures' folder is put before them. */
  readonly inputs?: readonly string[];
  readonly flags?: readonly string[];
  /** `kept.png`, which exists, unless another output is the point. */
  readonly output?: string;
  readonly code: 1 | 2;
  readonly says: string | RegExp;
  readonly env?: Readonly<Record<string, string>>;
}

const input = (title: string, file: string, code: 1 | 2, says: string | RegExp): readonly Case[] => [
  { title: `a content that is ${title}`, inputs: [file, "style.png"], code, says },
  { title: `a style that is ${title}`, inputs: ["content.png", file], code, says },
];

const option = (flags: string, says: string | RegExp): Case => ({
  title: `the options ${flags}`,
  flags: flags.split(" ").map((word) => word.replaceAll("''", "")),
  code: 2,
  says,
});

const style = (written: string, says: string | RegExp): Case => ({
  title: `the style ${written}`,
  inputs: ["content.png", written],
  code: 2,
  says,
});

const CASES: readonly Case[] = [
  ...input("missing", "missing.png", 2, /no file ".*missing\.png"/),
  ...input("empty", "empty.png", 1, /"[^"]*empty\.png" is empty/),
  ...input("truncated", "truncated.png", 1, /"[^"]*truncated\.png" is damaged or cut short/),
  ...input("a header without data", "huge.png", 1, /"[^"]*huge\.png" is (larger|damaged)/),
  ...input("text named .jpg", "text.jpg", 1, /"[^"]*text\.jpg" is not a picture/),
  // A folder of paintings is a style.
  { title: "a content that is a folder", inputs: [".", "style.png"], code: 2, says: /is a folder/ },
  {
    title: "a start that is missing",
    flags: ["--init", "missing.png"],
    code: 2,
    says: /no file "missing\.png"/,
  },

  {
    title: "an output's folder that is missing",
    output: "nowhere/out.png",
    code: 2,
    says: 'no folder "nowhere"',
  },
  { title: "an output that is a folder", output: ".", code: 2, says: 'received "."' },
  { title: "an output with an unknown extension", output: "out.bmp", code: 2, says: 'received "out.bmp"' },
  { title: "an output without an extension", output: "out", code: 2, says: 'received "out"' },
  { title: "an output without a name", output: "", code: 2, says: 'received ""' },

  option("--size 0", "from 16 to 65536 for --size but received 0."),
  option("--size -5", "for --size but received -5."),
  option("--size 1e9", "for --size but received 1000000000."),
  option("--size abc", 'a whole number from 16 to 65536 for --size but received "abc".'),
  option("--size ''", 'for --size but received "".'),
  option("--size 0x10", 'for --size but received "0x10".'),
  option("--size 512.5", "for --size but received 512.5."),
  option("--size", "'--size <n>' argument missing"),
  option("--iterations 0", "for --iterations but received 0."),
  option("--seed -1", "for --seed but received -1."),
  option("--threads 1.5", "for --threads but received 1.5."),
  option("--content-weight NaN", 'for --content-weight but received "NaN".'),
  option("--style-weight -1", "for --style-weight but received -1."),
  option("--style-weight 1e999", "for --style-weight but received Infinity."),
  option("--learning-rate 0", "for --learning-rate but received 0."),
  option("--optimizer sgd", 'Expected one of lbfgs, adam for --optimizer but received "sgd".'),
  option("--preset monet", 'for --preset but received "monet".'),
  option("--pooling mean", 'Expected one of max, average, l2 for --pooling but received "mean".'),
  option("--device abacus", 'for --device but received "abacus".'),
  option(
    "--style-layers conv9_1",
    'Expected layers from conv1_1 to conv5_4 with finite weights of at least 0, one of them above 0 for --style-layers but received "conv9_1".',
  ),
  option("--style-layers conv1_1:x", 'for --style-layers but received "conv1_1:x".'),
  option("--style-layers conv1_1:0", 'for --style-layers but received "conv1_1:0".'),
  option("--sise 64", /unknown option '--sise'.*--size/),

  option("--preview nowhere/now.png", 'no folder "nowhere"'),
  option("--init start.png --preview start.png", '--preview would write over the input "start.png"'),
  option("--strength 0.5 --content-weight 1", "--strength stands for --content-weight and --style-weight"),

  option("--optimizer adam --history 5", "--history is for the lbfgs optimizer"),
  option("--learning-rate 0.1", "--learning-rate is for the adam optimizer"),
  option("--content-weight 0 --style-weight 0", "--content-weight and --style-weight are both 0"),

  style("style.png:NaN", /for the weight of ".*style\.png" but received "NaN"/),
  style("style.png:-1", /for the weight of ".*style\.png" but received "-1"/),
  style("style.png:", /for the weight of ".*style\.png" but received ""/),
  style("style.png:0", /style\.png:0" sum to 0/),
  style("missing.png:2", /no file ".*missing\.png"/),
  style("missing:name.png", /no file ".*missing:name\.png"/),

  { title: "no style", inputs: ["content.png"], code: 2, says: "missing required argument 'style'" },
  {
    title: "VGG-19 without weights",
    flags: ["--network", "vgg19"],
    code: 2,
    says: "impasto weights fetch",
  },
  {
    title: "a network's file that is missing",
    flags: ["--network", "missing.h5"],
    code: 2,
    says: "missing.h5 does not exist",
  },
  {
    title: "IMPASTO_WEIGHTS naming a missing file",
    env: { IMPASTO_WEIGHTS: "/missing.h5" },
    code: 2,
    says: /IMPASTO_WEIGHTS names a file that does not exist, .*missing\.h5/,
  },
  {
    title: "IMPASTO_WEIGHTS naming garbage",
    env: { IMPASTO_WEIGHTS: join(pictures, "text.jpg") },
    code: 1,
    says: /text\.jpg is neither HDF5 nor safetensors/,
  },
];

beforeAll(async () => {
  mkdirSync(pictures);
  mkdirSync(cache);
  const grey = {
    width: 24,
    height: 20,
    rgb: new Float32Array(3 * 24 * 20).map((_, index) => (index % 24) / 24),
  };
  const png = await encodePicture(grey, "png");
  writeFileSync(join(pictures, "content.png"), png);
  writeFileSync(join(pictures, "style.png"), png);
  writeFileSync(join(pictures, "truncated.png"), png.subarray(0, png.length / 2));
  writeFileSync(join(pictures, "empty.png"), "");
  writeFileSync(join(pictures, "text.jpg"), "This is no picture, whatever its name says.\n".repeat(20));
  writeFileSync(join(pictures, "huge.png"), Buffer.from(HUGE_HEADER, "hex"));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

const KEPT = "a file that was here before";

/** Runs a case in a fresh folder that holds one file, and checks what every failure has in common. */
async function expectFailure({
  inputs = ["content.png", "style.png"],
  flags = [],
  output,
  code,
  says,
  env,
}: Case) {
  const cwd = mkdtempSync(join(root, "case-"));
  writeFileSync(join(cwd, "kept.png"), KEPT);
  const paths = inputs.map((file) => join(pictures, file));
  const ended = await run([...paths, "-o", output ?? "kept.png", ...flags], {
    cwd,
    env: { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: cache, ...env },
  });
  expect(ended.stderr).toMatch(says);
  expect(ended.stderr).toMatch(/^impasto: [^\n]*[.)]\n$/);
  expect(ended.code).toBe(code);
  expect(ended.stdout).toBe("");
  expect(readdirSync(cwd)).toEqual(["kept.png"]);
  expect(readFileSync(join(cwd, "kept.png"), "utf8")).toBe(KEPT);
}

describe("a request that cannot be met", () => {
  it.each(CASES)("is refused in one sentence: $title", expectFailure);

  it.skipIf(process.getuid?.() === 0)(
    "is refused in one sentence: a folder that may not be written to",
    async () => {
      const folder = join(root, "locked");
      mkdirSync(folder);
      chmodSync(folder, 0o500);
      await expectFailure({
        title: "",
        output: join(folder, "out.png"),
        code: 2,
        says: "may not be written",
      });
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});

describe("the other commands", () => {
  const place = { cwd: root, env: { IMPASTO_WEIGHTS: undefined, IMPASTO_CACHE: cache } };
  const content = join(pictures, "content.png");

  it.each([
    ["recipe of a picture without one", ["recipe", content], 1, /content\.png" carries no recipe/],
    ["recipe of nothing", ["recipe"], 2, "missing required argument 'picture'"],
    ["measure without a style", ["measure", content, "--content", content], 2, "'--style <painting>'"],
    ["measure of a folder", ["measure", root, "--content", content, "--style", content], 2, "is a folder"],
    [
      "measure in next to no memory",
      ["measure", content, "--content", content, "--style", content, "--memory", "1MB", "--quiet"],
      1,
      /Any picture needs about \d+ MB of memory and 1 MB are there: allow more/,
    ],
    ["an unknown weights command", ["weights", "burn"], 2, 'received "burn"'],
    ["check without weights", ["weights", "check"], 2, "impasto weights fetch"],
    ["check of a picture", ["weights", "check", content], 1, /content\.png is neither/],
    ["an unknown convention", ["weights", "check", "--convention", "x"], 2, "--convention but received"],
    ["a mirror that is no URL", ["weights", "fetch", "--mirror", "here"], 2, 'mirror but received "here"'],
  ] as const)("refuse %s in one sentence", async (_, args, code, says) => {
    const ended = await run(args, place);
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).toMatch(/^impasto: [^\n]*[.)]\n$/);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe("");
  });

  it("show a stack only where --debug asks for it", async () => {
    const { stderr, code } = await run(["recipe", content, "--debug"], place);
    expect(code).toBe(1);
    expect(stderr).toMatch(/carries no recipe.*\n.*\n\s+at /);
  });
});
