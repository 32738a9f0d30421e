/**
 * The studio's page over an engine that plays: what a test does to it, and asks of it, goes by the window.
 * @module
 */
import axe from "axe-core";
import { openPage } from "../../src/studio/page/main.tsx";
import type { PageState } from "../../src/studio/page/state/studio.ts";
import { type FakeEngine, fakeEngine } from "./fake-engine.ts";

declare global {
  interface Window {
    readonly fake: FakeEngine;
    readonly page: PageState;
    /** What axe has to say of the page as it is: each rule with what breaks it. */
    findFaults(onlyContrast: boolean): Promise<readonly string[]>;
  }
}

const element = document.getElementById("studio");
if (element !== null) {
  const fake = fakeEngine();
  const page = openPage(fake, element);
  const findFaults = async (onlyContrast: boolean): Promise<readonly string[]> => {
    const { violations } = await axe.run(document, onlyContrast ? { runOnly: ["color-contrast"] } : {});
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`,
    );
  };
  Object.assign(window, { fake, page, findFaults });
}
