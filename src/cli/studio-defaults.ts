/**
 * Where the studio is where nobody says where, for its help and for itself; nothing here loads it.
 * @module
 */
export { FIRST_PORT } from "../studio/server/ports.ts";

/** Where everything is kept. */
export const STUDIO_FOLDER = "impasto-studio";

/** For this machine alone. */
export const STUDIO_HOST = "127.0.0.1";
