/**
 * A store that is nowhere but in memory: for tests, and where a browser keeps nothing.
 * @module
 */
import type { Store } from "./platform.ts";

/** Makes an empty one. @param entries what is in it, which stays the caller's to look at. */
export function memoryStore(entries = new Map<string, Uint8Array>()): Store {
  return {
    read: async (name) => entries.get(name)?.slice(),
    async write(name, parts) {
      const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        bytes.set(part, at);
        at += part.length;
      }
      entries.set(name, bytes);
    },
    async remove(name) {
      entries.delete(name);
    },
    list: async (prefix) => [...entries.keys()].filter((name) => name.startsWith(prefix)).sort(),
  };
}
