/**
 * The ports that the studio takes where it was not told which.
 * @module
 */

/** The first that is tried; others of its kind are known by it. */
export const FIRST_PORT = 7860;

/** How many are tried. */
export const PORTS_TRIED = 50;
