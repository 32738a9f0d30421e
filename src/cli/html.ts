/**
 * HTML from text that may hold anything: what is written into a template is escaped, unless it came from a template.
 * Nothing here knows what a page says.
 * @module
 */

/** A piece of HTML that is safe to put into another. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Carriage returns too, which a parser would turn into line feeds. */
const ESCAPED = /[&<>"'\r]/g;

/** Escapes text for elements and quoted attributes alike. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(ESCAPED, (character) => `&#${character.charCodeAt(0)};`);

/**
 * A template of HTML.
 * @example html`<h1>${"<sheet>"}</h1>`.text // <h1>&#60;sheet&#62;</h1>
 */
export const html = (
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html => new Html(String.raw({ raw: parts }, ...values.map(write)));

function write(value: string | number | Html | readonly Html[]): string {
  if (value instanceof Html) return value.text;
  return typeof value === "object" ? value.map(write).join("") : escapeHtml(String(value));
}
