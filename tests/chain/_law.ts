import { assertGreater, assertLess } from "@std/assert";
import type { Draws } from "lora-dynamics/chain/mod.ts";
import { summary } from "lora-dynamics/experiment/mod.ts";
import { twoSampleTest } from "../statistics.ts";

/** Samples by the name of the statistic. */
export type Sample = Record<string, number[]>;

/** Largest |z| of differences of means and of mean squares, and smallest p of Kolmogorov–Smirnov. */
export function distance(x: Sample, y: Sample): { z: number; p: number } {
  let z = 0, p = 1;
  for (const name of Object.keys(x)) {
    p = Math.min(p, twoSampleTest(x[name], y[name]).p);
    for (const power of [1, 2]) {
      const [a, b] = [x, y].map((s) => summary(s[name].map((value) => value ** power)));
      z = Math.max(z, Math.abs(a.mean - b.mean) / Math.hypot(a.se, b.se));
    }
  }
  return { z, p };
}

export function assertOneLaw(x: Sample, y: Sample, where: string): void {
  const { z, p } = distance(x, y);
  assertLess(z, 4, where);
  assertGreater(p, 1e-4, where);
}

/** A control must fail the rule of `assertOneLaw` with room to spare. */
export function assertOtherLaw(x: Sample, y: Sample, where: string): void {
  assertGreater(distance(x, y).z, 6, where);
}

/** Draws whose child of this name gives zeros: a chain that forgets some directions. */
export function without(name: string, rng: Draws): Draws {
  return {
    normal: () => rng.normal(),
    chiSquare: (nu) => rng.chiSquare(nu),
    fillNormal: (out) => rng.fillNormal(out),
    fillChiSquare: (out, nu) => rng.fillChiSquare(out, nu),
    stream: (...path) => {
      const child = without(name, rng.stream(...path));
      if (path[0] !== name) return child;
      return {
        ...child,
        chiSquare: () => 0,
        fillChiSquare: (out) => out.fill(0),
        normal: () => 0,
        fillNormal: (out) => out.fill(0),
      };
    },
  };
}
