/**
 * JSON in a store.
 * @module
 */
import type * as z from "zod";
import type { Store } from "./platform.ts";

/** Reads what a schema describes; undefined where there is nothing, or something else. */
export async function readJson<Output>(
  store: Store,
  name: string,
  schema: z.ZodType<Output>,
): Promise<Output | undefined> {
  const bytes = await store.read(name);
  if (bytes === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}

/** Writes plain data. */
export const writeJson = (store: Store, name: string, value: unknown): Promise<void> =>
  store.write(name, [new TextEncoder().encode(JSON.stringify(value))]);
