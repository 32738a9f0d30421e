/**
 * A contact sheet as one HTML page that holds its pictures: no script, nothing fetched, which its policy enforces, too.
 * A click on a command selects all of it.
 * @module
 */
import { basename } from "node:path";
import { encodePicture } from "../image/encode.node.ts";
import type { Picture } from "../image/picture.ts";
import { Html, html } from "./html.ts";
import type { Sheet, SheetCell, SheetRow } from "./sheet.ts";

const STYLE = new Html(`
:root { color-scheme: light dark; --page: #fff; --ink: #1c1b1a; --faint: #6b6762; --line: #dcd8d2; --well: #f3f1ed; }
@media (prefers-color-scheme: dark) {
  :root { --page: #181716; --ink: #ece9e4; --faint: #a29c94; --line: #3a3733; --well: #24221f; }
}
* { box-sizing: border-box; }
body { margin: 1.5rem; background: var(--page); color: var(--ink); font: 15px/1.4 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.3rem; overflow-wrap: anywhere; }
p { margin: 0.2rem 0 1rem; color: var(--faint); }
main { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 0.4rem; vertical-align: top; text-align: left; font-weight: 500; }
thead th { vertical-align: bottom; border-bottom: 1px solid var(--line); }
tbody th { position: sticky; left: 0; background: var(--page); }
img { display: block; max-width: none; height: auto; }
.name, code { display: block; width: 0; min-width: max(100%, 9rem); }
.name { margin-top: 0.3rem; font-size: 0.85rem; overflow-wrap: anywhere; }
.missing { display: grid; place-items: center; border: 1px dashed var(--line); color: var(--faint); }
code { margin-top: 0.3rem; padding: 0.3rem 0.4rem; border-radius: 4px;
  background: var(--well); font: 12px/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
  user-select: all; -webkit-user-select: all; cursor: copy; }
@media print { tbody th { position: static; } tr { break-inside: avoid; } }
`);

/** Writes the page. */
export async function writePage(sheet: Sheet): Promise<string> {
  const { photo, thumbnail, strengths, note, rows } = sheet;
  const title = `${basename(photo)}: styles and strengths`;
  const shownRows: Html[] = [];
  for (const row of rows) shownRows.push(await writeRow(row, sheet));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p>${note} Below each picture is the command that makes it at full size: click it to select it.</p>
<main>
<table>
<thead><tr>
<th scope="col">${await writePicture(thumbnail, "the photograph")}<span class="name">${photo}</span></th>
${strengths.map((strength) => html`<th scope="col">strength ${strength}</th>\n`)}</tr></thead>
<tbody>
${shownRows}</tbody>
</table>
</main>
</body>
</html>
`.text;
}

async function writeRow({ style, thumbnail, cells }: SheetRow, sheet: Sheet): Promise<Html> {
  const shownCells: Html[] = [];
  for (const cell of cells) shownCells.push(await writeCell(style, cell, sheet));
  const picture = await writePicture(thumbnail, "the painting");
  return html`<tr>
<th scope="row">${picture}<span class="name">${style}</span></th>
${shownCells}</tr>
`;
}

async function writeCell(style: string, cell: SheetCell, { photo, size }: Sheet): Promise<Html> {
  const { strength, command, result } = cell;
  const title = `${basename(photo)} in the style of ${basename(style)} at strength ${strength}`;
  const shown =
    result === undefined
      ? html`<div class="missing" style="width:${size.width}px;height:${size.height}px">not made</div>`
      : await writePicture(result.picture, title);
  return html`<td>${shown}<code>${command}</code></td>
`;
}

/** JPEG is a third as large, but has no transparency. */
async function writePicture(picture: Picture, alt: string): Promise<Html> {
  const format = picture.alpha === undefined ? "jpeg" : "png";
  const data = Buffer.from(await encodePicture(picture, format)).toString("base64");
  const { width, height } = picture;
  return html`<img src="data:image/${format};base64,${data}" width="${width}" height="${height}" alt="${alt}">`;
}
