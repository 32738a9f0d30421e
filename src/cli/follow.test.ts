import { expect, it } from "vitest";
import { narrowEngine } from "../../test/narrow-engine.ts";
import { PLAIN, request } from "../../test/transfers.ts";
import { stylize } from "../transfer/stylize.ts";
import { follow } from "./follow.ts";

it("releases the programs of a transfer that is not followed to its end", async () => {
  const engine = await narrowEngine();
  const following = follow(stylize(request(PLAIN), engine), async () => {
    throw new Error("The preview broke down");
  });
  await expect(following).rejects.toThrow("The preview broke down");
  expect(engine.compiled()).toBeGreaterThan(0);
  expect(engine.open()).toBe(0);
});
