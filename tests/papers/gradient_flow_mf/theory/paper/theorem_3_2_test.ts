import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as mf from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import golden from "../../../../golden/gradient-flow-mf.json" with { type: "json" };
import { close } from "../_helpers.ts";

Deno.test("theorem32() has the golden rates, and the sharp one of T13", () => {
  for (const rates of golden.statements.rates) {
    const problem = mf.problemQ({ delta: rates.delta_w });
    const { rate, signalRate, sharpRate, along } = mf.theorem32(problem);
    close(rate, rates["paper_(1-d)lambda/32"], 1e-12);
    close(signalRate, rates["paper_(1-d)lambda/16"], 1e-12);
    close(sharpRate, 2 * mf.localRates(problem, 0.7 / 1.3, 1e-14).mu, 1e-9);
    close(along, (1 - rates.delta_w) * 0.7 / 10.4, 1e-12);
  }
});

Deno.test("theorem32(): the exponential parts of (15) and (16)", () => {
  const { bound, bound15, rate } = mf.theorem32(mf.problemQ({ delta: 0.6 }));
  close(bound(0.3, 5), 2 * 0.3 * Math.exp(-5 * 0.4 * 0.91 / 32), 1e-12);
  close(bound15(0.3, 5, 0.25), 2 * 0.3 * Math.exp(-5 * 0.75 * 0.4 * 0.91 / 16), 1e-12);
  close(bound15(0.3, 7, 0.5), bound(0.3, 7), 1e-12);
  close(rate, 0.4 * 0.91 / 32, 1e-12);
  assertThrows(() => bound(0.3, -1), RangeError, "since must be");
  assertThrows(() => bound(0, 1), RangeError, "lossAtEscape must be");
});

Deno.test("c6Needed() and c7Allowed() make (13) and (14) equalities", () => {
  const now = 0.002, at = 0.01, c6 = mf.c6Needed(now, at), c7 = mf.c7Allowed(6, 4);
  assertAlmostEquals((1 - at) ** c6, 1 - now, 1e-15);
  assertAlmostEquals(4 ** c7, 6, 1e-12);
  assertEquals(mf.c6Needed(0, 0.1), 0);
  assertThrows(() => mf.c6Needed(1, 0.1), RangeError, "misaligned must lie in (0, 1)");
  assertThrows(() => mf.c6Needed(0.1, 1), RangeError, "atEscape must lie in (0, 1)");
  assertThrows(() => mf.c7Allowed(2, 1), RangeError, "atEscape must lie in (1, Infinity)");
  assertThrows(() => mf.c7Allowed(0, 2), RangeError, "ratio must be");
});
