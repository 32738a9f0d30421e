/**
 * The ways of working that were tried for the default preset and left out (docs/preset.md tells why), kept so that they can be
 * tried again. They run the sources, not the built product, and take about half a second longer to start for it.
 * @module
 */
import { repaint } from "../../../src/transfer/stylize.ts";
import { averaged } from "./averaging.ts";
import { coarseToFine, type Departures, type Way } from "./coarse-to-fine.ts";
import { fourierVariables } from "./fourier-variables.ts";
import { mixedNetworks } from "./mixed-networks.ts";
import type { RejectedName } from "./names.ts";
import { plateau } from "./plateau.ts";
import { pyramidVariables } from "./pyramid-variables.ts";
import { rootTwoApart } from "./root-two-apart.ts";

const departing =
  (departures: Departures): Way =>
  (request, settings, engine) =>
    coarseToFine(request, settings, engine, departures);

/** The ways by name. */
export const REJECTED: Readonly<Record<RejectedName, Way>> = {
  "root-two-apart": (request, settings, engine) =>
    repaint(request, { ...settings, schedule: rootTwoApart }, engine),
  "fourier-half": departing({ variables: fourierVariables(0.5) }),
  "fourier-one": departing({ variables: fourierVariables(1) }),
  pyramid: departing({ variables: pyramidVariables(4) }),
  "mean-of-20": (request, settings, engine) => averaged(repaint(request, settings, engine), 20),
  "plateau-1-percent": departing({ enough: plateau(0.01) }),
  "plateau-half-percent": departing({ enough: plateau(0.005) }),
  "mixed-networks": mixedNetworks,
};
