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
    ["jobs: []", /no file of jobs: jobs: expected a list of jobs, each with a content, and a style or a/],
    ["jobs: 5", /no file of jobs: jobs: expected a list of jobs/],
    ["just words", /no file of jobs: expected a list of jobs/],
    ["[]", /no file of jobs: jobs: expected a list of jobs/],
    ["- just words", /^Job 1 in "[^"]*": expected a content, and a style or a blend\.$/],
    [
      "- {content: a.jpg, style: b.jpg}\n- style: a.jpg",
      /^Job 2 in "[^"]*": content: expected a file or a pattern, or a list of them\.$/,
    ],
    ["- {content: 5, style: a.jpg}", /^Job 1 in "[^"]*": content: expected a file or a pattern, or a list/],
    ["- {content: [], style: a.jpg}", /^Job 1 in "[^"]*": content: expected a file or a pattern, or a list/],
    ["- {content: [a.jpg, 5], style: a.jpg}", /^Job 1 in "[^"]*": content: expected a file or a pattern, or/],
    ["- {content: a.jpg, style: b.jpg, output: 5}", /^Job 1 in "[^"]*": output: expected the name of a file/],
    ["- {content: a.jpg, style: b.jpg, mask: 5}", /^Job 1 in "[^"]*": mask: expected a mask, or a list with/],
    [
      "{content: a.jpg, jobs: [{style: b.jpg}]}",
      /no file of jobs: content: expected in each of the jobs, not beside them\.$/,
    ],
    ["{blend: [a.jpg], jobs: [{content: b.jpg}]}", /no file of jobs: blend: expected in each of the jobs/],
    ["{keep: 5, jobs: [{content: a.jpg, style: b.jpg}]}", /no file of jobs: keep: expected a file\.$/],
    [
      "- {content: a.jpg}",
      /^Job 1 in ".*": expected a style, or a blend of several, but received neither\.$/,
    ],
    ["- {content: a.jpg, style: b.jpg, blend: [c.jpg]}", /^Job 1 in .* but received both\.$/],
    ["- {content: a.jpg, style: b.jpg, keep: [k.png]}", /^Job 1 in "[^"]*": keep: expected a file\.$/],
    [
      "- {content: a.jpg, style: b.jpg, style-crop: [10, 5, 80, 90]}",
      /^Job 1 in "[^"]*": style-crop: expected a part of the painting in percent, as "10,5,80,90", or a list of/,
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
