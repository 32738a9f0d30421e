import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ImpastoError, MisuseError } from "../../errors.ts";
import { type JobsFile, readJobsFile } from "./jobs-file.ts";

const folder = mkdtempSync(join(tmpdir(), "impasto-jobs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, "jobs.yaml");
function read(text: string): Promise<JobsFile> {
  writeFileSync(path, text);
  return readJobsFile(path);
}

describe("A file of jobs", () => {
  test("in YAML has options for all, and for each its own, under their names or their flags'", async () => {
    const { entries, shared } = await read(`
size: 640
style-scale: "0.5"
output: out/{content}.png
jobs:
  - content: a.jpg
    style: [b.jpg, c*.jpg]
    init: start.png
  - content: [a.jpg, d.jpg]
    blend: [b.jpg:2, c.jpg]
    output: other.png
    styleLayers: conv1_1,conv2_1:0.5
    init: noise
`);
    expect(shared).toEqual({ size: 640, styleScale: 0.5 });
    const regions = { keep: undefined, masks: undefined, crops: undefined };
    expect(entries).toEqual([
      {
        name: `Job 1 in "${path}"`,
        content: ["a.jpg"],
        style: ["b.jpg", "c*.jpg"],
        output: join(folder, "out/{content}.png"),
        regions,
        options: { init: join(folder, "start.png") },
      },
      {
        name: `Job 2 in "${path}"`,
        content: ["a.jpg", "d.jpg"],
        blend: [join(folder, "b.jpg:2"), join(folder, "c.jpg")],
        output: join(folder, "other.png"),
        regions,
        options: { styleLayers: { conv1_1: 1, conv2_1: 0.5 }, init: "noise" },
      },
    ]);
  });

  test("has regions for all, and for each its own, masks by their flag's name or their recipes'", async () => {
    const { entries, shared } = await read(`
keep: keep/{content}.png
mask: everywhere.png
style-crop: 10,5,80,90
jobs:
  - {content: a.jpg, style: b.jpg}
  - {content: a.jpg, blend: [b.jpg, c/], masks: [left.png, right.png], styleCrop: ["0,0,50,50", "50,0,50,50"]}
`);
    expect(shared).toEqual({});
    const keep = join(folder, "keep/{content}.png");
    expect(entries.map(({ regions, options }) => ({ regions, options }))).toEqual([
      { regions: { keep, masks: [join(folder, "everywhere.png")], crops: ["10,5,80,90"] }, options: {} },
      {
        regions: {
          keep,
          masks: [join(folder, "left.png"), join(folder, "right.png")],
          crops: ["0,0,50,50", "50,0,50,50"],
        },
        options: {},
      },
    ]);
  });

  test("in JSON is the same, and may be a list alone", async () => {
    const jobs = [{ content: "a.jpg", style: "b.jpg", size: 64 }];
    const { entries } = await read(JSON.stringify({ jobs }));
    expect(await read(JSON.stringify(jobs))).toEqual({ entries, shared: {}, folder });
    expect(entries).toMatchObject([{ content: ["a.jpg"], style: ["b.jpg"], options: { size: 64 } }]);
  });

  test.each([
    ["jobs: []", /no file of jobs: jobs: /],
    ["jobs: 5", /no file of jobs: jobs: /],
    ["just words", /no file of jobs: /],
    ["- style: a.jpg", /no file of jobs: jobs\.0\.content: /],
    ["- {content: 5, style: a.jpg}", /no file of jobs: jobs\.0\.content: /],
    [
      "- {content: a.jpg}",
      /^Job 1 in ".*": expected a style, or a blend of several, but received neither\.$/,
    ],
    ["- {content: a.jpg, style: b.jpg, blend: [c.jpg]}", /^Job 1 in .* but received both\.$/],
    ["- {content: a.jpg, style: b.jpg, keep: [k.png]}", /no file of jobs: jobs\.0\.keep: /],
    [
      "- {content: a.jpg, style: b.jpg, style-crop: [10, 5, 80, 90]}",
      /no file of jobs: jobs\.0\.style-crop: expected a part of the painting in percent, as "10,5,80,90"/,
    ],
    ["- {content: a.jpg, style: b.jpg, threads: 2}", /^Job 1 in .*: threads is the same for all jobs: /],
  ])("%s is refused", async (text, message) => {
    await expect(read(text)).rejects.toThrow(MisuseError);
    await expect(read(text)).rejects.toThrow(message);
  });

  test("that is neither YAML nor JSON is refused in one sentence that says where", async () => {
    const refused = read("jobs:\n  - content: [a\n  style: b");
    await expect(refused).rejects.toThrow(ImpastoError);
    await expect(refused).rejects.toThrow(/jobs\.yaml" is neither YAML nor JSON \([^\n]*line \d[^\n]*\)/);
  });
});
