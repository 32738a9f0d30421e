/**
 * What `impasto` says by itself: three lines to type.
 * @module
 */

/** One line a step. */
export const FIRST_STEPS = `impasto photo.jpg painting.jpg        repaint the photograph in the painting's style: photo-painting.png
impasto sheet photo.jpg painting.jpg  see quick runs at several strengths first: photo-sheet.html
impasto --help                        everything else; impasto doctor says what this machine has for it
`;
