import { assertAlmostEquals, assertThrows } from "@std/assert";
import {
  aligned,
  descend,
  escapeTime,
  growthModes,
  modalVector,
  momentumGrowth,
  momentumHalfTime,
  startAdapters,
} from "lora-dynamics/papers/gradient_flow_mf/mod.ts";
import { updateRule } from "lora-dynamics/nn/mod.ts";
import { portable } from "lora-dynamics/random/mod.ts";

Deno.test("momentumGrowth() is the two-step recursion, from rest", () => {
  const options = { eta: 0.07, beta: 0.6, lambda: 1.3 }, { root, share } = momentumGrowth(options);
  let z = 1, v = 0;
  for (let n = 0; n < 200; n++) {
    v = 0.6 * v + 1.3 * z;
    z += 0.07 * v;
  }
  assertAlmostEquals(z / (share * root ** 200), 1, 1e-12);
  const plain = momentumGrowth({ ...options, beta: 0 });
  assertAlmostEquals(plain.root, 1 + 0.07 * 1.3, 1e-15);
  assertAlmostEquals(plain.share, 1, 1e-15);
});

Deno.test("momentumHalfTime() is that of descent with s, σ ≠ 1, to some 1/(1 − β) steps", () => {
  const s = 1.4, sigma = 0.8, eta = 5e-3, alpha = 1e-4;
  const problem = aligned({ s2: [2, s, 0.7], target: [0, sigma], n: 4 });
  const start = { start: "gauss", r: 2, alpha, draws: portable(8) } as const;
  const adapters = startAdapters(problem, start), [mode] = growthModes(problem).modes1;
  const power = modalVector(adapters.b1, adapters.a1, mode).reduce((sum, x) => sum + x * x, 0);
  for (const beta of [0, 0.8]) {
    const steps = momentumHalfTime({ s, sigma, power, eta, beta });
    const rule = updateRule("momentum", { momentum: beta });
    const { losses } = descend(problem, adapters, { eta, rule, at: [Math.round(steps)] });
    // e = σ/(1 + e^{2 log ρ (n − N)}): a distance of one step changes log L by about 2 log ρ.
    const { root } = momentumGrowth({ eta, beta, lambda: s * sigma });
    const off = Math.log(losses[0] / (sigma ** 2 / 8)) / (2 * Math.log(root));
    assertAlmostEquals(off, 0, 1.5 / (1 - beta));
  }
  const mode1 = { s, sigma, power };
  const fine = momentumHalfTime({ ...mode1, eta: 1e-7, beta: 0.5 });
  assertAlmostEquals(fine * 1e-7 / 0.5 / escapeTime(mode1), 1, 1e-5);
});

Deno.test("momentum names what is out of range", () => {
  const usual = { eta: 0.1, beta: 0.5, lambda: 1 };
  const refused = (options: object, words: string) =>
    assertThrows(() => momentumGrowth({ ...usual, ...options }), Error, words);
  refused({ eta: 0 }, "eta must be");
  refused({ beta: 1 }, "beta must lie in (0, 1)");
  refused({ beta: -0.1 }, "beta must lie in (0, 1)");
  refused({ lambda: NaN }, "lambda must be");
  refused({ momentum: 1 }, "momentum");
  const mode = { s: 1, sigma: 1, power: 1e-6, eta: 0.1, beta: 0 };
  for (const name of ["s", "sigma", "power", "eta"]) {
    assertThrows(() => momentumHalfTime({ ...mode, [name]: 0 }), RangeError, `${name} must be`);
  }
});
