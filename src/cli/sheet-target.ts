/**
 * Where a contact sheet goes, and as what: a page, or a picture where the file that was named has a picture's extension.
 * Checked before the work, written after it.
 * @module
 */
import { MisuseError } from "../errors.ts";
import { encodePicture } from "../image/encode.node.ts";
import { checkFits, formatOfPath, type PictureFormat } from "../image/format.ts";
import { checkHoldable, type Size } from "../image/size.ts";
import { openPlace } from "./place.ts";
import { orRescue } from "./rescue.ts";
import { drawSheet, gridSize, type Sheet } from "./sheet.ts";
import { writePage } from "./sheet-page.ts";
import { isStandardOutput } from "./standard-output.ts";
import { stemOf } from "./target.ts";

/** A place that a sheet can be written to. */
export interface SheetTarget {
  /**
   * Makes sure that the sheet fits into its format.
   * @throws MisuseError when it does not.
   */
  check(cell: Size, rows: number, strengths: number): void;
  /** Writes the sheet and returns the path it has. */
  write(sheet: Sheet): Promise<string>;
}

/**
 * Finds the place, and makes sure that it can be written to.
 * @param output the file that was named, or `-` for a page on standard output, if any.
 * @param photo what the sheet is named after otherwise.
 * @throws MisuseError when it cannot.
 */
export async function openSheetTarget(output: string | undefined, photo: string): Promise<SheetTarget> {
  const named = output !== undefined && !isStandardOutput(output);
  const stem = named ? stemOf([output]) : `${stemOf([photo])}-sheet`;
  const format = named ? formatOf(output) : "html";
  const writeBytes = await openPlace(output, stem, ".html");
  return {
    check(cell, rows, strengths) {
      if (format === "html") return;
      const size = gridSize(cell, rows, strengths);
      checkFits(format, size.width, size.height);
      checkHoldable(size);
    },
    write: (sheet) =>
      orRescue({
        write: async () =>
          writeBytes(format === "html" ? await pageOf(sheet) : await encodePicture(drawSheet(sheet), format)),
        rescue: () => pageOf(sheet),
        stem,
        extension: ".html",
      }),
  };
}

const pageOf = async (sheet: Sheet): Promise<Uint8Array> => Buffer.from(await writePage(sheet));

function formatOf(output: string): PictureFormat | "html" {
  if (/[^/\\]\.html?$/i.test(output)) return "html";
  try {
    return formatOfPath(output);
  } catch (cause) {
    const message = `Expected an output that ends in .html, .png, .jpg, .webp or .tiff but received "${output}".`;
    throw new MisuseError(message, { cause });
  }
}
