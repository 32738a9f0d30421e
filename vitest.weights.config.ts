import { readFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { mergeConfig } from "vitest/config";
import shared from "./vitest.config.ts";

/** The files that have tests which need weights or fixtures: only these are opened. */
const files = globSync(shared.test?.include ?? [], { cwd: import.meta.dirname }).filter((file) =>
  readFileSync(new URL(file, import.meta.url), "utf8").includes("needs IMPASTO_"),
);

const config = mergeConfig(shared, { test: { testNamePattern: /needs IMPASTO_/ } });

export default { ...config, test: { ...config.test, include: files } };
