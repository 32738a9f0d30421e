/**
 * The rejected ways in the product's shape, so that the bench's case.js runs them as it runs any version of the product.
 * @module
 */
import { parseOptions } from "../../../src/transfer/options.ts";
import { resolveSettings } from "../../../src/transfer/settings.ts";
import type { Engine, StylizeRequest } from "../../../src/transfer/stylize.ts";
import type { RejectedName } from "./names.ts";
import { REJECTED } from "./ways.ts";

export { encodePicture, openEngine, optionsSchema, readPicture } from "../../../src/index.ts";

/** Repaints a photograph in a rejected way. */
export const stylize = (
  { rejected, options = {}, ...request }: StylizeRequest & { readonly rejected: RejectedName },
  engine: Engine,
) => REJECTED[rejected](request, resolveSettings(parseOptions(options)), engine);
