/**
 * Outputs' names from a template: `out/{content}-{style}.png`.
 * @module
 */
import { MisuseError } from "../../errors.ts";
import { stemOf } from "../target.ts";

/** The names of outputs where nobody says: those that one picture has. */
export const DEFAULT_TEMPLATE = "{content}-{style}.png";

/**
 * Fills a template in.
 * @param content the photograph's file; its name is taken, without folder and extension.
 * @param styles the paintings' files; several names are joined.
 * @throws MisuseError for a placeholder that there is not.
 */
export function fillTemplate(template: string, content: string, styles: readonly string[]): string {
  const values = new Map([
    ["content", stemOf([content])],
    ["style", stemOf(styles)],
  ]);
  return template.replaceAll(/\{([^{}]*)\}/g, (placeholder, name: string) => {
    const value = values.get(name);
    if (value !== undefined) return value;
    throw new MisuseError(
      `There is no ${placeholder} to fill in "${template}": write {content} and {style} for the pictures' names.`,
    );
  });
}
