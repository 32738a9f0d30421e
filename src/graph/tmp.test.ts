import { test } from "vitest";
import { evaluate, uniform } from "../../test/evaluate.ts";
import { expectGradientOfDifferences } from "../../test/finite-differences.ts";
import { convolution } from "./operations/convolution.ts";
import { input } from "./tensor.ts";
test("1x1 padded", async () => {
  const x = input("x", [1,2,3,3]), k = input("k",[3,2,1,1]), b = input("b",[3]);
  await expectGradientOfDifferences(convolution(x,k,b,1), { x: {tensor:x, values: uniform(x.shape,1)}, k:{tensor:k, values:uniform(k.shape,2)}, b:{tensor:b,values:uniform(b.shape,3)}});
});
