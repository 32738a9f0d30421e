import { readFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { mergeConfig } from "vitest/config";
import shared, { projectsWithout, TESTS } from "./vitest.config.ts";

/** The files that have no tests which need weights or fixtures: they are not opened. */
const others = globSync(TESTS, { cwd: import.meta.dirname }).filter(
  (file) => !readFileSync(new URL(file, import.meta.url), "utf8").includes("needs IMPASTO_"),
);

const config = mergeConfig(shared, { test: { testNamePattern: /needs IMPASTO_/ } });

export default { ...config, test: { ...config.test, projects: projectsWithout(others) } };
