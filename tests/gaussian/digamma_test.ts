import { assertAlmostEquals, assertThrows } from "@std/assert";
import { digamma, trigamma } from "lora-dynamics/gaussian/mod.ts";

/** `x, ψ(x), ψ′(x)` by mpmath 1.3.0 with 30 digits. */
const REFERENCE = [
  [0.1, -10.423754940411076, 101.43329915079275],
  [0.5, -1.9635100260214235, 4.9348022005446793],
  [1, -0.57721566490153286, 1.6449340668482264],
  [2.5, 0.70315664064524319, 0.49035775610023486],
  [7.3, 1.9178203356379861, 0.1467957681314271],
  [15.9, 2.7345430701757739, 0.064912281599060114],
  [16, 2.7410133283274604, 0.064493783403239362],
  [40, 3.6763273740348431, 0.025315103841291028],
  [1000, 6.9072551956488121, 0.0010005001666666333],
] as const;

Deno.test("digamma() and trigamma() have mpmath's values, below and above the series", () => {
  for (const [x, psi, slope] of REFERENCE) {
    assertAlmostEquals(digamma(x), psi, 2e-15 * Math.max(1, Math.abs(psi)), `ψ(${x})`);
    assertAlmostEquals(trigamma(x) / slope, 1, 2e-15, `ψ′(${x})`);
  }
});

Deno.test("digamma() and trigamma() are asked at finite numbers > 0", () => {
  for (const x of [0, -1, NaN, Infinity]) {
    for (const f of [digamma, trigamma]) {
      assertThrows(() => f(x), RangeError, `x must be a finite number > 0: current value is ${x}`);
    }
  }
});
