/**
 * The recipe as an XMP packet, which other programs carry along. Reads the packet it
 * writes, and the attribute form that other programs rewrite it to.
 * @module
 */

/** The PNG keyword of an XMP packet (XMP specification, part 3, 1.1.5). */
export const XMP_KEYWORD = "XML:com.adobe.xmp";

const NAMESPACE = "urn:impasto:";

/** Markup, and the white space that XML readers would change. */
const ESCAPED = /[&<>"\t\n\r]/g;

/** What XML 1.0 cannot hold at all, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters meant.
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Surrogate}]/gu;

/**
 * Wraps a recipe in an XMP packet.
 *
 * @param recipe JSON; characters that XML forbids become JSON's `\uXXXX`, which means the same there.
 */
export function writeXmp(recipe: string): string {
  const text = recipe
    .replace(FORBIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(ESCAPED, (character) => `&#${character.charCodeAt(0)};`);
  return [
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    `<rdf:Description rdf:about="" xmlns:impasto="${NAMESPACE}">`,
    `<impasto:recipe>${text}</impasto:recipe>`,
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>',
  ].join("\n");
}

/**
 * Finds the recipe in an XMP packet.
 *
 * @returns Undefined when there is none.
 */
export function readXmp(packet: string): string | undefined {
  const element = /<impasto:recipe>([^<]*)<\/impasto:recipe>/.exec(packet);
  const attribute = /\simpasto:recipe=(?:"([^"<]*)"|'([^'<]*)')/.exec(packet);
  const text = element?.[1] ?? attribute?.[1] ?? attribute?.[2];
  return text?.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi, characterOf);
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The character of one XML reference; the reference itself when it names none. */
function characterOf(reference: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return NAMED[name] ?? reference;
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : reference;
}
