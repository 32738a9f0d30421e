import { mergeConfig } from "vitest/config";
import shared, { STATIC_STUDIO } from "./vitest.config.ts";

const { projects: _, ...test } = mergeConfig(shared, {}).test;

export default { ...shared, test: { ...test, include: [STATIC_STUDIO] } };
